"""Who calls: OAuth 1.0a in the account's name, a bearer token in the app's (6.2, 6.3).

Written from RFC 5849: the signature covers the method, the address and every parameter but the body.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from base64 import b64decode, b64encode
from binascii import Error
from urllib.parse import parse_qsl, quote, unquote

from django.conf import settings
from django.http import HttpRequest

from apps.core import tenancy
from apps.sandbox import doors
from apps.sandbox.models import SandboxAccount
from apps.sandbox.x_dm.errors import unauthorized

SKEW = 300  # seconds; not documented
_PAIR = re.compile(r'(oauth_[a-z_]+)="([^"]*)"')


def account_of(request: HttpRequest, *, app_only: bool) -> tuple[doors.Place, SandboxAccount]:
    """Whose call it is. Raises Refused."""
    head = request.headers.get("authorization", "")
    if app_only:
        key, _, token = head.removeprefix("Bearer ").partition("-")
        place, ours = _known(key)
        good = head.startswith("Bearer ") and hmac.compare_digest(ours.data["bearer"], f"{key}-{token}")
    else:
        given = {name: unquote(value) for name, value in _PAIR.findall(head)}
        place, ours = _known(given.get("oauth_consumer_key", ""))
        good = head.startswith("OAuth ") and _signed(request, given, ours)
    if not good:
        raise unauthorized()
    return place, ours


def by_basic(request: HttpRequest) -> SandboxAccount:
    """The app whose key and secret stand in the header. Raises Refused."""
    try:
        pair = b64decode(request.headers.get("authorization", "").removeprefix("Basic "), validate=True)
        key, _, secret = pair.decode().partition(":")
    except (Error, ValueError):
        raise unauthorized() from None
    _, ours = _known(unquote(key))
    if not hmac.compare_digest(ours.secret, unquote(secret)):
        raise unauthorized()
    return ours


def _known(key: str) -> tuple[doors.Place, SandboxAccount]:
    place = doors.account_for("x_dm", key) if re.fullmatch(r"[A-Za-z0-9]{25}", key) else None
    if place is None:
        raise unauthorized()
    with tenancy.scope(place.tenant_id):
        return place, SandboxAccount.objects.get(pk=place.id)


def _signed(request: HttpRequest, given: dict[str, str], ours: SandboxAccount) -> bool:
    stamp = given.get("oauth_timestamp", "")
    fresh = stamp.isdigit() and abs(int(stamp) - time.time()) < SKEW
    theirs = given.get("oauth_token", "") == ours.data["access_token"]
    signature = given.pop("oauth_signature", "")
    wanted = b64encode(_digest(request, given, ours)).decode()
    return fresh and theirs and hmac.compare_digest(signature.encode(), wanted.encode())


def _digest(request: HttpRequest, given: dict[str, str], ours: SandboxAccount) -> bytes:
    query = parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
    pairs = sorted((quote(k, safe=""), quote(v, safe="")) for k, v in [*given.items(), *query])
    listed = "&".join(f"{k}={v}" for k, v in pairs)
    address = f"{settings.BASE_URL}{request.path}"
    base = "&".join(quote(piece, safe="") for piece in (request.method or "", address, listed))
    key = f"{quote(ours.secret, safe='')}&{quote(ours.data['token_secret'], safe='')}"
    return hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()

"""Access tokens (4.3): the stable one, which is the same for everybody who asks, and the old one, which ends
five minutes after the next was issued."""

from __future__ import annotations

import re
import secrets
from hmac import compare_digest
from typing import Any

from django.utils import timezone

from apps.core import tenancy
from apps.sandbox import doors
from apps.sandbox.models import SandboxAccount
from apps.sandbox.wechat.errors import WeChatError, bad_token

LIVES, OVERLAP = 7200, 300  # seconds
FORCED_A_DAY, FORCED_EVERY = 20, 30
_TOKEN = re.compile(r"88_([0-9a-f]{16})_[A-Za-z0-9_-]{40}")

Json = dict[str, Any]


def stable(given: Json) -> Json:
    """POST /stable_token; a new one within the last five minutes of the old, which lives on beside it."""
    place = _place(given)
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.select_for_update().get(pk=place.id)
        tokens, now = _living(account, "stable"), timezone.now().timestamp()
        if given.get("force_refresh") is True:
            tokens = []
        if not tokens or tokens[-1][1] - now < OVERLAP:
            tokens.append([_new(account), now + LIVES])
        _keep(account, "stable", tokens)
        return {"access_token": tokens[-1][0], "expires_in": int(tokens[-1][1] - now)}


def old(query: Json) -> Json:
    """GET /token: always another; what was issued before has five minutes left."""
    place = _place(query)
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.select_for_update().get(pk=place.id)
        now = timezone.now().timestamp()
        earlier = [[token, min(end, now + OVERLAP)] for token, end in _living(account, "old")]
        token = _new(account)
        _keep(account, "old", [*earlier, [token, now + LIVES]])
        return {"access_token": token, "expires_in": LIVES}


def owner(token: str) -> doors.Place:
    """Whose token it is. Raises WeChatError."""
    if not token:
        raise WeChatError(41001, "access_token missing")
    match = _TOKEN.fullmatch(token)
    place = doors.account_for("wechat", f"wx{match[1]}") if match else None
    if place is None:
        raise bad_token()
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
        known = [*_living(account, "stable"), *_living(account, "old")]
        if not any(compare_digest(each, token) for each, _end in known):
            raise bad_token()
    return place


def _place(given: Json) -> doors.Place:
    """Whose app id and secret these are. Raises WeChatError."""
    if given.get("grant_type") != "client_credential":
        raise WeChatError(40002, "invalid grant_type")
    place = doors.account_for("wechat", str(given.get("appid")))
    if place is None:
        raise WeChatError(40013, "invalid appid")
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
    if not compare_digest(account.secret.encode(), str(given.get("secret")).encode("utf-8", "replace")):
        raise WeChatError(40125, "invalid appsecret")
    return place


def _living(account: SandboxAccount, kind: str) -> list[list[Any]]:
    now = timezone.now().timestamp()
    return [each for each in account.data.get(f"{kind}_tokens", []) if each[1] > now]


def _keep(account: SandboxAccount, kind: str, tokens: list[list[Any]]) -> None:
    account.data = {**account.data, f"{kind}_tokens": tokens[-4:]}
    account.save(update_fields=["data"])


def _new(account: SandboxAccount) -> str:
    return f"88_{account.key.removeprefix('wx')}_{secrets.token_urlsafe(30)}"

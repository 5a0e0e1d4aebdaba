"""POST /app/getAppAccessToken: the same token until its last minute, in which there are two."""

from __future__ import annotations

import re
import secrets
from hmac import compare_digest
from typing import Any

from django.utils import timezone

from apps.core import tenancy
from apps.sandbox import doors
from apps.sandbox.models import SandboxAccount
from apps.sandbox.qq.errors import QQError, bad_token

LIVES, OVERLAP = 7200, 60  # seconds
_TOKEN = re.compile(r"([0-9]{6,20})-[A-Za-z0-9_-]{40}")

Json = dict[str, Any]


def give(given: Json) -> Json:
    """`expires_in` is text. Refusals come with 200."""
    place = doors.account_for("qq", str(given.get("appId")))
    if place is None:
        raise QQError(100007, "appid invalid", status=200)
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.select_for_update().get(pk=place.id)
        if not compare_digest(
            account.secret.encode(), str(given.get("clientSecret")).encode("utf-8", "replace")
        ):
            raise QQError(100016, "invalid appid or secret", status=200)
        tokens, now = _living(account), timezone.now().timestamp()
        if not tokens or tokens[-1][1] - now < OVERLAP:
            tokens.append([f"{account.key}-{secrets.token_urlsafe(30)}", now + LIVES])
            account.data = {**account.data, "tokens": tokens}
            account.save(update_fields=["data"])
        return {"access_token": tokens[-1][0], "expires_in": str(int(tokens[-1][1] - now))}


def owner(authorization: str) -> doors.Place:
    """Whose token it is. Raises QQError."""
    token = authorization.removeprefix("QQBot ")
    match = _TOKEN.fullmatch(token)
    place = doors.account_for("qq", match[1]) if match and token != authorization else None
    if place is None:
        raise bad_token()
    with tenancy.scope(place.tenant_id):
        known = _living(SandboxAccount.objects.get(pk=place.id))
    if not any(compare_digest(each, token) for each, _end in known):
        raise bad_token()
    return place


def _living(account: SandboxAccount) -> list[list[Any]]:
    now = timezone.now().timestamp()
    return [each for each in account.data.get("tokens", []) if each[1] > now]

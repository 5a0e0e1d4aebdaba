"""Webhooks of the app and who is subscribed to them (6.2): X asks an address before it takes it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from base64 import b64encode
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from apps.core.http import Egress, HttpDoor, HttpError
from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.x_dm.errors import invalid, not_found, refused

Json = dict[str, Any]


def listed(account: SandboxAccount, given: Json) -> Json:
    row = _row(account)
    return {"data": [row] if row else [], "meta": {"result_count": 1 if row else 0}}


def create(account: SandboxAccount, given: Json) -> Json:
    """One webhook an app. Plain HTTP and ports are taken here, not by X."""
    url = str(given.get("url", ""))
    if urlsplit(url).scheme not in ("http", "https") or len(url) > 500:
        raise invalid("The URL is not valid.")
    if not answers(url, account.secret):
        raise refused(400, "CrcValidationFailed", "Webhook URL does not meet the requirements.")
    account.webhook_url = url
    account.webhook_options = {"id": str(10**18 + secrets.randbelow(10**18)), "valid": True}
    account.save(update_fields=["webhook_url", "webhook_options"])
    return {"data": _row(account)}


def validate(account: SandboxAccount, webhook: str) -> Json:
    _known(account, webhook)
    good = answers(account.webhook_url, account.secret)
    account.webhook_options = {**account.webhook_options, "valid": good}
    account.save(update_fields=["webhook_options"])
    return {"data": {"attempted": True}}


def subscribed(account: SandboxAccount, webhook: str) -> Json:
    _known(account, webhook)
    return {"data": {"subscribed": bool(account.webhook_options.get("subscribed"))}}


def subscribe(account: SandboxAccount, webhook: str) -> Json:
    _known(account, webhook)
    if account.webhook_options.get("subscribed"):
        raise refused(400, "DuplicateSubscriptionFailed", "Subscription already exists for the user.")
    account.webhook_options = {**account.webhook_options, "subscribed": True}
    account.save(update_fields=["webhook_options"])
    return {"data": {"subscribed": True}}


def address_of(account: SandboxAccount) -> str:
    """Where events go: to whoever is subscribed, and before that to the channel, as if its address had been
    set by hand: a phone works as soon as a channel is connected."""
    subscribed = account.webhook_options.get("subscribed")
    return account.webhook_url if subscribed else accounts.registered_webhook(account)


def answers(url: str, secret: str) -> bool:
    """Whether whoever is at `url` knows the app's secret."""
    token = secrets.token_urlsafe(24)
    digest = hmac.new(secret.encode(), token.encode(), hashlib.sha256).digest()
    wanted = {"response_token": f"sha256={b64encode(digest).decode()}"}

    async def ask() -> bool:
        async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
            answer = await http.request("GET", f"{url}?crc_token={quote(token)}", timeout=10)
            return answer.status == 200 and answer.json() == wanted

    try:
        return asyncio.run(ask())
    except HttpError:
        return False


def _row(account: SandboxAccount) -> Json | None:
    if not account.webhook_url:
        return None
    options = account.webhook_options
    row = {"id": options["id"], "url": account.webhook_url, "valid": options["valid"]}
    return {**row, "created_at": "2026-11-22T00:00:00.000Z"}


def _known(account: SandboxAccount, webhook: str) -> None:
    if not account.webhook_url or account.webhook_options.get("id") != webhook:
        raise not_found()

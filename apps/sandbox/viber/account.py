"""set_webhook, get_account_info, get_user_details."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from apps.core.http import Egress, HttpDoor, HttpError
from apps.sandbox import threads
from apps.sandbox.models import SandboxAccount
from apps.sandbox.viber import events
from apps.sandbox.viber.errors import missing, refused

EVENTS = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started")
ASKED, PERIOD = 2, timedelta(hours=12)  # how often details of one person may be asked for
Json = dict[str, Any]


def info(account: SandboxAccount, given: Json) -> Json:
    webhook = {"webhook": account.webhook_url} if account.webhook_url else {}
    wanted = account.webhook_options.get("event_types", [])
    about = {"id": f"pa:{account.key}", "name": account.name, "uri": account.address, "event_types": wanted}
    return {"status": 0, "status_message": "ok", **about, **webhook, "subscribers_count": 1}


def set_webhook(account: SandboxAccount, given: Json) -> Json:
    """Viber calls the address before it takes it; it has to answer 200. Plain HTTP is taken here."""
    url = given.get("url")
    if not isinstance(url, str):
        raise missing("url")
    if url and (urlsplit(url).scheme not in ("http", "https") or len(url) > 500):
        raise refused(1)
    wanted = given.get("event_types", list(EVENTS))
    if not isinstance(wanted, list) or not set(wanted) <= set(EVENTS):
        raise refused(3, "event_types")
    if url and not takes_calls(url, account.data["token"]):
        raise refused(1)
    account.webhook_url, account.webhook_options = url, {"event_types": wanted}
    account.save(update_fields=["webhook_url", "webhook_options"])
    return {"status": 0, "status_message": "ok", "event_types": wanted}


def user_details(account: SandboxAccount, given: Json) -> Json:
    thread = threads.at_address(account, str(given.get("id") or ""))
    if thread is None:
        raise refused(5)
    now = timezone.now()
    since = (now - PERIOD).isoformat()
    asked = [moment for moment in thread.data.get("asked", []) if moment > since]
    if len(asked) >= ASKED:
        raise refused(12)
    thread.data = {**thread.data, "asked": [*asked, now.isoformat()]}
    thread.save(update_fields=["data"])
    found = events.user(thread.phone, thread.address)
    return {"status": 0, "status_message": "ok", "message_token": events.new_token(), "user": found}


def takes_calls(url: str, token: str) -> bool:
    """Whether whoever is at `url` takes a signed callback with 200."""
    stamp = int(timezone.now().timestamp() * 1000)
    told = {"event": "webhook", "timestamp": stamp, "message_token": events.new_token()}
    body = json.dumps(told).encode()
    signature = hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "x-viber-content-signature": signature}

    async def ask() -> bool:
        async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
            answer = await http.request("POST", url, headers=headers, body=body, timeout=5)
            return answer.status == 200

    try:
        return asyncio.run(ask())
    except HttpError:
        return False

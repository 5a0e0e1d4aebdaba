"""What the Messaging API tells of the account and of people (2.1, 2.6)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from apps.sandbox import threads
from apps.sandbox.line.errors import invalid, not_found
from apps.sandbox.models import SandboxAccount, ThreadState

Json = dict[str, Any]


def info(account: SandboxAccount, given: Json) -> Json:
    modes = {"chatMode": "bot", "markAsReadMode": "manual"}
    return {
        "userId": account.data["user_id"],
        "basicId": account.address,
        "displayName": account.name,
        **modes,
    }


def webhook(account: SandboxAccount, given: Json) -> Json:
    if not account.webhook_url:
        raise not_found()
    return {"endpoint": account.webhook_url, "active": account.data.get("active", True)}


def set_webhook(account: SandboxAccount, given: Json) -> Json:
    """The simulator takes plain HTTP addresses; LINE does not."""
    url = str(given.get("endpoint", ""))
    if urlsplit(url).scheme not in ("http", "https") or len(url) > 500:
        raise invalid("endpoint", "Invalid webhook endpoint URL")
    account.webhook_url = url
    account.save(update_fields=["webhook_url"])
    return {}


def quota(account: SandboxAccount, given: Json) -> Json:
    return {"type": "limited", "value": account.data["quota"]}


def consumption(account: SandboxAccount, given: Json) -> Json:
    return {"totalUsage": account.data["used"]}


def profile(account: SandboxAccount, user: str) -> Json:
    thread = threads.at_address(account, user)
    if thread is None or thread.state != ThreadState.OPEN:
        raise not_found()
    language = thread.phone.locale.split("-")[0]
    return {"userId": user, "displayName": thread.phone.name, "language": language}


def transcoding(account: SandboxAccount, ref: str) -> Json:
    return {"status": account.data.get("transcoding", "succeeded")}

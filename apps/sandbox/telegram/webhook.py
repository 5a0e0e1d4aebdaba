"""getMe, setWebhook, getWebhookInfo, deleteWebhook (other-platforms.md 1.2).

The simulator is a Bot API server in local mode: it takes plain HTTP addresses and any port.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from apps.sandbox.models import SandboxAccount, SandboxPost
from apps.sandbox.telegram import shapes
from apps.sandbox.telegram.errors import BotApiError, bad_request
from apps.sandbox.telegram.parameters import Parameters

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


def get_me(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    facts = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return {**shapes.bot(account), **facts, "can_connect_to_business": False, "has_main_web_app": False}


def set_webhook(account: SandboxAccount, given: Parameters) -> bool:
    url, secret = given.text("url"), given.text("secret_token")
    if url:
        _check_url(url)
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    account.webhook_url, account.webhook_secret = url, secret if url else ""
    account.webhook_options = _options(account, given)
    account.save(update_fields=["webhook_url", "webhook_secret", "webhook_options"])
    _drop(account, given)
    return True


def delete_webhook(account: SandboxAccount, given: Parameters) -> bool:
    account.webhook_url = account.webhook_secret = ""
    account.save(update_fields=["webhook_url", "webhook_secret"])
    _drop(account, given)
    return True


def get_webhook_info(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    info: dict[str, Any] = {
        "url": account.webhook_url,
        "has_custom_certificate": False,
        "pending_update_count": SandboxPost.objects.filter(account=account).count(),
        **account.webhook_options,
    }
    if account.last_error_at:
        info["last_error_date"] = int(account.last_error_at.timestamp())
        info["last_error_message"] = account.last_error
    return info


def get_updates(account: SandboxAccount, given: Parameters) -> list[Any]:
    if account.webhook_url:
        words = "Conflict: can't use getUpdates method while webhook is active"
        raise BotApiError(409, words)
    return []


def wanted(account: SandboxAccount, kind: str) -> bool:
    """Whether updates of this kind are posted: an empty list means all but a few, as Telegram has it."""
    allowed = account.webhook_options.get("allowed_updates") or []
    return kind in allowed if allowed else kind not in NOT_BY_DEFAULT


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(url) > 500:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _options(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    """`allowed_updates` left out keeps what was set before."""
    options = dict(account.webhook_options)
    options["max_connections"] = min(100, max(1, given.integer("max_connections", 40)))
    named = given.structure("allowed_updates")
    if named is not None:
        if not isinstance(named, list):
            raise bad_request("can't parse allowed_updates JSON object")
        options["allowed_updates"] = [str(kind) for kind in named]
    return options


def _drop(account: SandboxAccount, given: Parameters) -> None:
    if given.flag("drop_pending_updates"):
        SandboxPost.objects.filter(account=account).delete()

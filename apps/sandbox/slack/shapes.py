"""Slack's objects as the simulator builds them, and who is who."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings

from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxMessage, SandboxPhone, SandboxThread

Json = dict[str, Any]
CUSTOMERS = "T0CUSTOMERS"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def person(phone: SandboxPhone) -> str:
    return f"U{code(phone.number)}"


def direct(account: SandboxAccount, phone: SandboxPhone) -> str:
    """The channel of the direct messages between a person and the app."""
    mixed = sha256(f"{account.address}/{phone.number}".encode()).digest()[:6]
    return f"D{code(int.from_bytes(mixed))}"


def code(number: int) -> str:
    """A number as Slack writes its ids."""
    found = ""
    while number:
        number, digit = divmod(number, 36)
        found = _DIGITS[digit] + found
    return found.rjust(8, "0")


def place(thread: SandboxThread) -> tuple[str, str]:
    """Channel and thread_ts; the latter is "" in direct messages."""
    channel, _, ts = thread.address.partition(":")
    return channel, ts


def channel_type(thread: SandboxThread) -> str:
    return "im" if thread.address.startswith("D") else "channel"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def message(thread: SandboxThread, shown: SandboxMessage) -> Json:
    """One message as history and events have it."""
    _, root = place(thread)
    found: Json = {"type": "message", "ts": shown.ref, "text": escaped(shown.text)}
    found |= {"thread_ts": root} if root and root != shown.ref else {}
    if shown.file is not None:
        found["files"] = [file(thread.account, shown.file)]
    return {**found, **(_phones(thread) if shown.mine else _apps(thread.account, shown))}


def file(account: SandboxAccount, stored: SandboxFile) -> Json:
    url = f"{settings.BASE_URL}/sandbox/slack/files/{account.key}/{stored.key}"
    return {
        "id": file_id(stored),
        "name": stored.name,
        "title": stored.name,
        "mimetype": stored.mime,
        "size": stored.size,
        "mode": "hosted",
        "is_external": False,
        "url_private": url,
        "url_private_download": url,
    }


def file_id(stored: SandboxFile) -> str:
    return f"F{code(int.from_bytes(sha256(stored.key.encode()).digest()[:6]))}"


def user(phone: SandboxPhone, *, locale: bool) -> Json:
    name = phone.name.lower()
    profile = {"real_name": phone.name, "display_name": phone.name}
    found: Json = {"id": person(phone), "name": name, "real_name": phone.name, "profile": profile}
    return {**found, "locale": phone.locale} if locale else found


def _phones(thread: SandboxThread) -> Json:
    """Customers in a channel come from another workspace that shares it."""
    team = CUSTOMERS if channel_type(thread) == "channel" else thread.account.address
    return {"user": person(thread.phone), "team": team, "client_msg_id": str(thread.pk)}


def _apps(account: SandboxAccount, shown: SandboxMessage) -> Json:
    """With everything that the app gave: blocks and, for who asks for it, metadata."""
    data = account.data
    who = {"user": data["bot_user_id"], "bot_id": data["bot_id"], "app_id": data["app_id"]}
    given = {name: shown.data[name] for name in ("blocks", "metadata", "username") if shown.data.get(name)}
    return {**who, "team": account.address, **given}

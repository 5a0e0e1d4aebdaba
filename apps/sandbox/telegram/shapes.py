"""The Bot API's objects, as the simulator builds them (other-platforms.md 1.3)."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone

from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxPhone, SandboxThread

Json = dict[str, Any]


def bot(account: SandboxAccount) -> Json:
    return {"id": int(account.key), "is_bot": True, "first_name": account.name, "username": account.address}


def user(phone: SandboxPhone) -> Json:
    language = phone.locale.split("-")[0].lower()
    return {"id": phone.number, "is_bot": False, "first_name": phone.name, "language_code": language}


def chat(phone: SandboxPhone) -> Json:
    return {"id": phone.number, "type": "private", "first_name": phone.name}


def from_phone(thread: SandboxThread, number: int, **content: Any) -> Json:
    """A message that the customer wrote."""
    return _message(number, user(thread.phone), thread.phone, content)


def from_bot(thread: SandboxThread, number: int, **content: Any) -> Json:
    return _message(number, bot(thread.account), thread.phone, content)


def file(stored: SandboxFile) -> Json:
    """What every kind of file has in common."""
    unique = hashlib.sha1(stored.key.encode(), usedforsecurity=False).hexdigest()[:16]
    return {"file_id": stored.key, "file_unique_id": unique, "file_size": stored.size}


def _message(number: int, sender: Json, phone: SandboxPhone, content: Json) -> Json:
    now = int(timezone.now().timestamp())
    return {"message_id": number, "from": sender, "chat": chat(phone), "date": now, **content}

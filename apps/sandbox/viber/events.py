"""Viber's callbacks, queued with what they tell."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.models import FaultKind, SandboxMessage, SandboxPhone, SandboxThread

Json = dict[str, Any]
API_VERSION = 10  # of the customer's app


def new_token() -> int:
    """64 bits: more than a float holds."""
    return 2**62 + secrets.randbelow(2**61)


def message(thread: SandboxThread, token: int, content: Json, *, silent: bool = False) -> None:
    hosted = {"chat_hostname": "SN-CHAT-01_", "silent": silent}
    _post(thread, "message", token, sender=user(thread.phone, thread.address), message=content, **hosted)


def started(thread: SandboxThread, context: str) -> None:
    about = {"type": "open", "subscribed": subscribed(thread)}
    known = {"context": context} if context else {}
    person = user(thread.phone, thread.address)
    _post(thread, "conversation_started", new_token(), user=person, **about, **known)


def joined(thread: SandboxThread) -> None:
    _post(thread, "subscribed", new_token(), user=user(thread.phone, thread.address))


def left(thread: SandboxThread) -> None:
    _post(thread, "unsubscribed", new_token(), user_id=thread.address)


def status(thread: SandboxThread, shown: SandboxMessage, event: str, **more: str) -> None:
    _post(thread, event, int(shown.ref), user_id=thread.address, **more)


def user(phone: SandboxPhone, address: str) -> Json:
    language, _, country = phone.locale.partition("-")
    about = {"id": address, "name": phone.name, "avatar": "", "language": language, "country": country}
    return {**about, "api_version": API_VERSION}


def subscribed(thread: SandboxThread) -> bool:
    return bool(thread.data.get("subscribed"))


def _post(thread: SandboxThread, event: str, token: int, **told: Any) -> None:
    account = thread.account
    wanted = account.webhook_options.get("event_types")
    if wanted is not None and event not in (*wanted, "message", "subscribed", "unsubscribed"):
        return
    stamp = int(timezone.now().timestamp() * 1000)
    body = {"event": event, "timestamp": stamp, "message_token": token, **told}
    times = 2 if FaultKind.DUPLICATE in faults.active(account) else 1
    bodies = [json.dumps(body, ensure_ascii=False).encode()] * times
    posts.queue(thread, bodies, [{"content-type": "application/json"}] * times)

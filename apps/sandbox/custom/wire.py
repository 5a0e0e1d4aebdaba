"""The signed exchange of docs/custom-channel.md, from the other system's side."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from typing import Any

from django.utils import timezone

from apps.sandbox import faults, posts
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxThread

Json = dict[str, Any]
OLDEST = 300  # seconds


def new_id() -> str:
    return f"m_{secrets.token_hex(8)}"


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{stamp}.".encode() + body
    return "v1," + b64encode(hmac(key, signed, sha256).digest()).decode()


def is_signed(account: SandboxAccount, message_id: str, stamp: str, given: str, body: bytes) -> bool:
    """Whether the business itself posted these bytes, now."""
    if not stamp.isdigit() or abs(timezone.now().timestamp() - int(stamp)) > OLDEST:
        return False
    wanted = signature(account.secret, message_id, stamp, body)
    return any(compare_digest(each.encode(), wanted.encode()) for each in given.split())


def tell(thread: SandboxThread, kind: str, content: Json, *, message_id: str = "") -> None:
    """Something that the customer did; a repetition has the same webhook-id."""
    phone = thread.phone
    person = {"id": thread.address, "name": phone.name, "locale": phone.locale}
    at = timezone.now().isoformat()
    body = {"type": kind, "id": message_id or new_id(), "from": person, "at": at, **content}
    headers = {"content-type": "application/json", "webhook-id": str(body["id"])}
    times = 2 if FaultKind.DUPLICATE in faults.active(thread.account) else 1
    posts.queue(thread, [json.dumps(body).encode("ascii")] * times, [headers] * times)

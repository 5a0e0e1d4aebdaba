"""Updates as Telegram sends them: one customer, one bot, and pieces to build the rest from."""

from __future__ import annotations

import json
from typing import Any

from apps.platforms.base import Inbound

DATE = 1_763_700_000
CUSTOMER = 7_000_000_001  # more than 32 bits
SECRET = "s3cret_token-of-the-webhook"
CREDS = {"token": "123456:AAcanary_secret-half", "webhook_secret": SECRET, "username": "acme_bot"}

ALICE = {
    "id": CUSTOMER,
    "is_bot": False,
    "first_name": "Alice",
    "last_name": "Martin",
    "language_code": "fr",
}
BOT = {"id": 123456, "is_bot": True, "first_name": "Acme", "username": "acme_bot"}
CHAT = {"id": CUSTOMER, "type": "private", "first_name": "Alice", "last_name": "Martin"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Neighbours"}
CHANNEL = {"id": -1002, "type": "channel", "title": "News"}


def update(kind: str, payload: Any, number: int = 9001) -> dict[str, Any]:
    return {"update_id": number, kind: payload}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": DATE, "chat": CHAT, "from": ALICE, **content}


def file(**more: Any) -> dict[str, Any]:
    return {"file_id": "FILE", "file_unique_id": "UNIQUE", "file_size": 4321, **more}


def size(name: str, width: int, height: int) -> dict[str, Any]:
    return {
        "file_id": name,
        "file_unique_id": f"u-{name}",
        "width": width,
        "height": height,
        "file_size": width,
    }


def request(data: Any, secret: str | None = SECRET) -> Inbound:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    headers = {} if secret is None else {"x-telegram-bot-api-secret-token": secret}
    return Inbound(method="POST", path="/hooks/telegram/key/", query={}, headers=headers, body=body)

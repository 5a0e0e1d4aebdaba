"""Taps, memberships and reactions, as Telegram writes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.platforms.telegram import keyboards
from tests.platforms.telegram.updates import ALICE, BOT, CHAT, DATE

CARD = str(UUID(int=2**127 + 5))
DATA = keyboards.callback_data(CARD, "adsl")
KEYBOARD = {
    "inline_keyboard": [
        [{"text": "Mobile", "callback_data": keyboards.callback_data(CARD, "mobile")}],
        [{"text": "ADSL", "callback_data": DATA}],
    ]
}
CARD_MESSAGE = {
    "message_id": 4,
    "date": DATE,
    "chat": CHAT,
    "from": BOT,
    "text": "?",
    "reply_markup": KEYBOARD,
}
OLD_MESSAGE = {"message_id": 4, "date": 0, "chat": CHAT}


def tap(**more: Any) -> dict[str, Any]:
    return {"id": "4382", "from": ALICE, "chat_instance": "-1", **more}


def member(status: str, **more: Any) -> dict[str, Any]:
    return {
        "chat": CHAT,
        "from": ALICE,
        "date": DATE,
        "old_chat_member": {"user": BOT, "status": "member"},
        "new_chat_member": {
            "user": BOT,
            "status": status,
            **({"until_date": 0} if status == "kicked" else {}),
        },
        **more,
    }


def reaction(*new: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "chat": CHAT,
        "message_id": 5,
        "user": ALICE,
        "date": DATE,
        "old_reaction": [],
        "new_reaction": list(new),
        **more,
    }

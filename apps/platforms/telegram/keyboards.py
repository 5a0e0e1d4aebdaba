"""Cards as inline keyboards, and the 64 bytes that come back when a button is tapped.

Nothing is stored for an answer: `callback_data` itself names the card and the option. A UUID (which our
card ids are) packs into 22 characters and leaves 41 bytes for the option's id. A card that does not fit
is not shown as a keyboard (`fits`); it goes out as numbered text instead. An inline keyboard answers with
one tap at a time, so a section that allows several comes back as several answers.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import quote, unquote
from uuid import UUID

from apps.platforms.cards import Card, CardAnswer, ListPicker, Option, QuickReplies, options

DATA_BYTES = 64
MOST_BUTTONS = 100
TEXT_LIMIT = 4096  # Unicode characters: 4,096 emoji were accepted, though entities count in UTF-16
# Not documented: over about 10 kB of JSON the server says "reply markup is too long", see
# https://github.com/tginfo/Telegram-Limits/issues/187
MARKUP_BYTES = 10_000


def fits(card: Card) -> bool:
    """Whether Telegram takes this card as a message with an inline keyboard."""
    choices = options(card)
    return (
        0 < len(choices) <= MOST_BUTTONS
        and 0 < len(prompt(card).strip()) <= TEXT_LIMIT
        and all(option.title.strip() for option in choices)
        and all(len(callback_data(card.id, option.id).encode()) <= DATA_BYTES for option in choices)
        and len(json.dumps(markup(card), ensure_ascii=False).encode()) <= MARKUP_BYTES
    )


def prompt(card: Card) -> str:
    """The message above the buttons, with everything that a button has no room for."""
    if isinstance(card, QuickReplies):
        return "\n".join([card.prompt, *_subtitles(card.options)])
    if not isinstance(card, ListPicker):
        return ""
    lines = [card.title, card.subtitle]
    for section in card.sections:
        lines += [section.title, *_subtitles(section.options)]
    return "\n".join(line for line in lines if line)


def markup(card: Card) -> dict[str, Any]:
    """The `reply_markup`: one button to a row, in the card's order."""
    return {
        "inline_keyboard": [
            [{"text": option.title, "callback_data": callback_data(card.id, option.id)}]
            for option in options(card)
        ]
    }


def callback_data(card_id: str, option_id: str) -> str:
    """Card and option in one string; at most 64 bytes for every card that `fits`."""
    packed = _packed(card_id)
    return f"u{packed}{option_id}" if packed else f"t{quote(card_id, safe='')}:{option_id}"


def answer(data: str, keyboard: Any) -> CardAnswer | None:
    """The answer that a tap means; None when the data is not ours (a bot that was elsewhere before).

    `keyboard` is the `reply_markup` that came with the tap. Without it (Telegram leaves it out for
    messages that are too old) the option has its id and no title.
    """
    parts = _unpacked(data)
    if parts is None:
        return None
    card_id, option_id = parts
    return CardAnswer(card_id=card_id, selected=(Option(id=option_id, title=title(data, keyboard)),))


def title(data: str, keyboard: Any) -> str:
    """The words on the button that carries `data`, "" when the keyboard does not have it."""
    rows = keyboard.get("inline_keyboard", []) if isinstance(keyboard, dict) else []
    return next((str(b.get("text", "")) for row in rows for b in row if b.get("callback_data") == data), "")


def _subtitles(choices: tuple[Option, ...]) -> list[str]:
    return [f"• {option.title}: {option.subtitle}" for option in choices if option.subtitle]


def _packed(card_id: str) -> str:
    try:
        uuid = UUID(card_id)
    except ValueError:
        return ""
    return base64.urlsafe_b64encode(uuid.bytes).decode()[:22] if str(uuid) == card_id else ""


def _unpacked(data: str) -> tuple[str, str] | None:
    if data.startswith("u"):
        card_id = _uuid(data[1:23])
        return (card_id, data[23:]) if card_id and data[23:] else None
    card_id, colon, option_id = data[1:].partition(":")
    return (unquote(card_id), option_id) if data.startswith("t") and colon and option_id else None


def _uuid(packed: str) -> str:
    try:
        card_id = str(UUID(bytes=base64.b64decode(f"{packed}==", altchars=b"-_", validate=True)))
    except (ValueError, binascii.Error):
        return ""
    return card_id if _packed(card_id) == packed else ""

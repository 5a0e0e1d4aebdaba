"""Cards as inline keyboards, and the 64 bytes that come back when a button is tapped.

`callback_data` is a payload of shared/choices.py, which leaves OPTION_BYTES for an option's id and SLOT_BYTES
for a time's. A card that does not fit is not shown as a keyboard (`fits`); it goes out as numbered text
instead. An inline keyboard answers with one tap at a time, so a section that allows several comes back as
several answers.
"""

from __future__ import annotations

import json
from typing import Any

from apps.platforms.cards import Card, CardAnswer, TimeSlots, options, slot_text
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import prompt

DATA_BYTES = 64
OPTION_BYTES = DATA_BYTES - 23  # beside a card's UUID
SLOT_BYTES = OPTION_BYTES - 18  # beside the time as well
MOST_BUTTONS = 100
TEXT_LIMIT = 4096  # Unicode characters: 4,096 emoji were accepted, though entities count in UTF-16
# Not documented: over about 10 kB of JSON the server says "reply markup is too long", see
# https://github.com/tginfo/Telegram-Limits/issues/187
MARKUP_BYTES = 10_000


def fits(card: Card) -> bool:
    """Whether Telegram takes this card as a message with an inline keyboard."""
    buttons = _buttons(card)
    return (
        0 < len(buttons) <= MOST_BUTTONS
        and 0 < len(prompt(card).strip()) <= TEXT_LIMIT
        and all(title.strip() for title, _data in buttons)
        and all(len(data.encode()) <= DATA_BYTES for _title, data in buttons)
        and len(json.dumps(markup(card), ensure_ascii=False).encode()) <= MARKUP_BYTES
    )


def markup(card: Card) -> dict[str, Any]:
    """The `reply_markup`: one button to a row, in the card's order."""
    return {"inline_keyboard": [[{"text": title, "callback_data": data}] for title, data in _buttons(card)]}


def callback_data(card_id: str, option_id: str) -> str:
    """Card and option in one string; at most 64 bytes for every card that `fits`."""
    return choices.payload(card_id, option_id)


def answer(data: str, keyboard: Any) -> CardAnswer | None:
    """The answer that a tap means; None when the data is not ours (a bot that was elsewhere before).

    `keyboard` is the `reply_markup` that came with the tap. Without it (Telegram leaves it out for
    messages that are too old) the option has its id and no title.
    """
    return choices.answer(data, title(data, keyboard))


def title(data: str, keyboard: Any) -> str:
    """The words on the button that carries `data`, "" when the keyboard does not have it."""
    rows = keyboard.get("inline_keyboard", []) if isinstance(keyboard, dict) else []
    return next((str(b.get("text", "")) for row in rows for b in row if b.get("callback_data") == data), "")


def _buttons(card: Card) -> list[tuple[str, str]]:
    """Title and data of each choice; times in the card's zone, as the server does not know the customer's."""
    if isinstance(card, TimeSlots):
        return [(slot_text(slot, card.timezone), choices.slot_payload(card.id, slot)) for slot in card.slots]
    return [(option.title, callback_data(card.id, option.id)) for option in options(card)]

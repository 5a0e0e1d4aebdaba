"""A card and one of its options in the few bytes that a button gives back when it is tapped.

Nothing is stored for an answer: the payload itself names the card and the option, and for a time the time. A
UUID (which our card ids are, with hyphens or without) packs into 22 characters.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import MINYEAR, UTC, datetime
from urllib.parse import quote, unquote
from uuid import UUID

from apps.platforms.cards import Card, CardAnswer, Option, Slot, TimeSlots, options

_TIME = re.compile(r"s(-?\d{1,12})\.(\d{1,6})\.(.+)", re.ASCII | re.DOTALL)


def payload(card_id: str, option_id: str) -> str:
    """Card and option in one string; 23 bytes more than the option's id when the card has a UUID."""
    for prefix, written in WAYS.items():
        if packed := _packed(card_id, written):
            return f"{prefix}{packed}{option_id}"
    return f"t{quote(card_id, safe='')}:{option_id}"


def slot_payload(card_id: str, slot: Slot) -> str:
    """The same for a time, which comes back to the second."""
    return f"s{int(slot.start.timestamp())}.{slot.minutes}.{payload(card_id, slot.id)}"


def payloads(card: Card) -> list[str]:
    """What every button of a card gives back, in the card's order."""
    if isinstance(card, TimeSlots):
        return [slot_payload(card.id, slot) for slot in card.slots]
    return [payload(card.id, option.id) for option in options(card)]


def answer(given: str, title: str) -> CardAnswer | None:
    """The answer that a tap means; None when the payload is not ours (buttons of other software). `title`
    is what the platform says stood on the button, "" when it does not."""
    if timed := _TIME.fullmatch(given):
        return _slot_answer(int(timed[1]), int(timed[2]), timed[3])
    parts = _unpacked(given)
    if parts is None:
        return None
    card_id, option_id = parts
    return CardAnswer(card_id=card_id, selected=(Option(id=option_id, title=title),))


def _slot_answer(seconds: int, minutes: int, rest: str) -> CardAnswer | None:
    parts = _unpacked(rest)
    try:
        start = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if parts is None or start.year <= MINYEAR:  # whose local time may have no year
        return None
    return CardAnswer(card_id=parts[0], slot=Slot(id=parts[1], start=start, minutes=minutes))


def _packed(card_id: str, written: Callable[[UUID], str]) -> str:
    try:
        uuid = UUID(card_id)
    except ValueError:
        return ""
    return base64.urlsafe_b64encode(uuid.bytes).decode()[:22] if written(uuid) == card_id else ""


def _unpacked(given: str) -> tuple[str, str] | None:
    if written := WAYS.get(given[:1]):
        card_id = _uuid(given[1:23], written)
        return (card_id, given[23:]) if card_id and given[23:] else None
    card_id, colon, option_id = given[1:].partition(":")
    return (unquote(card_id), option_id) if given.startswith("t") and colon and option_id else None


def _uuid(packed: str, written: Callable[[UUID], str]) -> str:
    try:
        card_id = written(UUID(bytes=base64.b64decode(f"{packed}==", altchars=b"-_", validate=True)))
    except (ValueError, binascii.Error):
        return ""
    return card_id if _packed(card_id, written) == packed else ""


def _hex(uuid: UUID) -> str:
    return uuid.hex


WAYS: dict[str, Callable[[UUID], str]] = {"u": str, "h": _hex}

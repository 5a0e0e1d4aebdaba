"""Cards as LINE shows them: quick replies, a confirm template, flex bubbles and places.

Quick replies vanish with the next message, so a question with two short answers is a confirm template,
which stays. Lengths are counted in UTF-16 units.
"""

from __future__ import annotations

import json
from typing import Any

from apps.platforms.cards import (
    Card,
    CardLimits,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    QuickReplies,
    TimeSlots,
    Unit,
    heading,
    length,
    slot_text,
)
from apps.platforms.line import file_types, flex
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import prompt, send_place

TEXT = 5000
DATA = 300
URI = 1000
ITEMS = 13
ROWS = 40
# Not documented for certain.
LABEL = 20
CONFIRM_TEXT = 240
PLACE = 100
ADDRESS = 1000
LINK_TEXT = 2000

PACKED = 24 + 20  # bytes that card and time take of the data, see shared/choices.py


def _limits(**more: Any) -> CardLimits:
    return CardLimits(unit=Unit.UTF16, **more)


LIMITS = {
    "quick_replies": _limits(most=ITEMS, title=TEXT, choice=LABEL, id=DATA - PACKED),
    "list_picker": _limits(most=ROWS, sections=0, multiple=True, title=LINK_TEXT, id=DATA - PACKED),
    "time_slots": _limits(most=ROWS, title=LINK_TEXT, id=DATA - PACKED),
    "link": _limits(title=LINK_TEXT, choice=LABEL, url=URI, images=True, pictures=(file_types.PICTURE,)),
    "location_request": _limits(title=TEXT),
    "location": _limits(title=PLACE, subtitle=ADDRESS),
}

Json = dict[str, Any]


def fits(card: Card) -> bool:
    """What is no capability: all words of a message together, the size of a bubble, ids in all."""
    if isinstance(card, QuickReplies) and length(prompt(card), Unit.UTF16) > TEXT:
        return False
    if any(len(data.encode()) > DATA for data in choices.payloads(card)):
        return False
    return len(json.dumps(message(card, ""), ensure_ascii=False).encode()) <= flex.BUBBLE_BYTES


def message(card: Card, locale: str, image: str = "") -> Json:
    """One message object. `image` is the address of the card's picture."""
    match card:
        case QuickReplies():
            return _confirm(card) if _confirms(card) else _quick(card)
        case ListPicker():
            return flex.message(heading(card), _list(card))
        case TimeSlots():
            return flex.message(heading(card), _times(card))
        case Link():
            action = {"type": "uri", "label": card.button, "uri": card.url}
            return flex.message(card.text, [flex.words(card.text)], hero=image, footer=[flex.button(action)])
        case LocationRequest():
            action = {"type": "location", "label": send_place(locale)}
            return {"type": "text", "text": card.prompt, "quickReply": _items([action])}
        case Location():
            return _place(card)
        case _:
            raise ValueError(card.kind)


def _confirms(card: QuickReplies) -> bool:
    return len(card.options) == 2 and length(prompt(card), Unit.UTF16) <= CONFIRM_TEXT


def _confirm(card: QuickReplies) -> Json:
    template = {"type": "confirm", "text": prompt(card), "actions": _actions(card)}
    return {"type": "template", "altText": flex.beginning(prompt(card), flex.ALT_TEXT), "template": template}


def _quick(card: QuickReplies) -> Json:
    return {"type": "text", "text": prompt(card), "quickReply": _items(_actions(card))}


def _actions(card: QuickReplies) -> list[Json]:
    return [
        _postback(option.title, choices.payload(card.id, option.id), label=option.title)
        for option in card.options
    ]


def _items(actions: list[Json]) -> Json:
    return {"items": [{"type": "action", "action": action} for action in actions]}


def _list(card: ListPicker) -> list[Json]:
    found = [flex.heading(card.title), *([flex.small(card.subtitle)] if card.subtitle.strip() else [])]
    for section in card.sections:
        if section.title.strip():
            found.append(flex.words(section.title, weight="bold"))
        for option in section.options:
            action = _postback(option.title, choices.payload(card.id, option.id))
            found.append(flex.row(option.title, option.subtitle, action))
    return found


def _times(card: TimeSlots) -> list[Json]:
    found = [flex.heading(card.title), *([flex.small(card.place)] if card.place.strip() else [])]
    for slot in card.slots:
        shown = slot_text(slot, card.timezone)
        found.append(flex.row(shown, "", _postback(shown, choices.slot_payload(card.id, slot))))
    return found


def _postback(shown: str, data: str, *, label: str = "") -> Json:
    """A tap that tells us `data` and says `shown` in the customer's name."""
    named = {"label": label} if label else {}
    return {"type": "postback", **named, "data": data, "displayText": flex.beginning(shown, DATA)}


def _place(card: Location) -> Json:
    """LINE wants both a title and an address."""
    point = f"{card.latitude:.6f}, {card.longitude:.6f}"
    title = card.title.strip() or flex.beginning(card.address, PLACE) or point
    place = {"title": title, "address": card.address.strip() or point}
    return {"type": "location", **place, "latitude": card.latitude, "longitude": card.longitude}

"""Cards as Viber shows them: a keyboard below the chat, rich media in it, a contact, a place.

A tapped button comes back as a text message whose words are the button's `ActionBody`: ours is a payload of
shared/choices.py, and `Silent`, so that the customer's chat does not show it. Words on buttons are HTML.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from apps.platforms.cards import (
    Card,
    CardLimits,
    ContactCard,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    QuickReplies,
    TimeSlots,
    heading,
    slot_text,
)
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import prompt, send_place
from apps.platforms.viber import files

TEXT = 7000
NAME, PHONE = 28, 18
WIDE, TALL = 6, 7  # columns and rows of one panel of rich media
BODY_BYTES = 29_000  # of 30 KB for the whole call
# Not documented for certain.
BUTTONS = 24
LABEL = 120
ACTION_BODY = 250
KEYBOARD_VERSION, PLACE_VERSION, RICH_VERSION = 1, 3, 2

PACKED = 24 + 20  # bytes that card and time take of a button's body

LIMITS = {
    "quick_replies": CardLimits(most=BUTTONS, title=TEXT, choice=LABEL, id=ACTION_BODY - PACKED),
    "list_picker": CardLimits(
        most=BUTTONS,
        sections=0,
        multiple=True,
        title=LABEL,
        subtitle=LABEL,
        section_title=LABEL,
        choice=LABEL,
        detail=LABEL,
        id=ACTION_BODY - PACKED,
    ),
    "time_slots": CardLimits(most=BUTTONS, title=LABEL, subtitle=LABEL, id=ACTION_BODY - PACKED),
    "link": CardLimits(title=LABEL, choice=LABEL, images=True, pictures=(files.IN_CARD,)),
    "location_request": CardLimits(title=TEXT),
    "location": CardLimits(),
    "contact": CardLimits(title=NAME, subtitle=PHONE),
}

Json = dict[str, Any]


def fits(card: Card) -> bool:
    """What is no capability: all words together, a place with a name (Viber shows none), sizes in all."""
    if isinstance(card, QuickReplies) and len(prompt(card)) > TEXT:
        return False
    if isinstance(card, Location) and (card.title.strip() or card.address.strip()):
        return False
    made = message(card, "")
    bodies = [button["ActionBody"] for button in _buttons(made)]
    short = all(len(body.encode()) <= 2000 for body in bodies)
    return short and len(json.dumps(made, ensure_ascii=False).encode()) <= BODY_BYTES


def message(card: Card, locale: str, image: str = "") -> Json:
    """What stands in the call besides receiver and sender. `image` is the address of the card's picture."""
    match card:
        case QuickReplies():
            buttons = [_button(escape(o.title), choices.payload(card.id, o.id)) for o in card.options]
            return _keyboard(prompt(card), buttons, KEYBOARD_VERSION)
        case LocationRequest():
            words = send_place(locale)
            button = {**_wide(escape(words), "location-picker", "place"), "Silent": True}
            return _keyboard(card.prompt, [button], PLACE_VERSION)
        case ListPicker():
            return _rich(card, _list(card))
        case TimeSlots():
            times = [(slot_text(slot, card.timezone), slot) for slot in card.slots]
            buttons = [_button(escape(text), choices.slot_payload(card.id, slot)) for text, slot in times]
            return _rich(card, [_words(card.title, card.place), *buttons])
        case Link():
            return _rich(card, _link(card, image))
        case Location():
            return {"type": "location", "location": {"lat": card.latitude, "lon": card.longitude}}
        case ContactCard():
            return {"type": "contact", "contact": {"name": card.name, "phone_number": card.phone}}
        case _:
            raise ValueError(card.kind)


def _keyboard(text: str, buttons: list[Json], version: int) -> Json:
    keyboard = {"Type": "keyboard", "DefaultHeight": False, "Buttons": buttons}
    return {"type": "text", "text": text, "min_api_version": version, "keyboard": keyboard}


def _rich(card: Card, buttons: list[Json]) -> Json:
    """Panels of six columns and at most seven rows, which the customer swipes through."""
    rows = min(TALL, sum(button["Rows"] for button in buttons))
    panel = {"Type": "rich_media", "ButtonsGroupColumns": WIDE, "ButtonsGroupRows": rows, "Buttons": buttons}
    about = {"min_api_version": RICH_VERSION, "alt_text": heading(card)[:TEXT]}
    return {"type": "rich_media", **about, "rich_media": panel}


def _list(card: ListPicker) -> list[Json]:
    found = [_words(card.title, card.subtitle)]
    for section in card.sections:
        if section.title.strip():
            found.append(_words(section.title))
        for option in section.options:
            found.append(
                _button(_two_lines(option.title, option.subtitle), choices.payload(card.id, option.id))
            )
    return found


def _link(card: Link, image: str) -> list[Json]:
    picture = {"Columns": WIDE, "Rows": 4, "ActionType": "open-url", "ActionBody": card.url, "Image": image}
    button = _wide(f"<b>{escape(card.button)}</b>", "open-url", card.url)
    return [*([picture] if image else []), _words(card.text), button]


def _words(title: str, detail: str = "") -> Json:
    """A line that cannot be tapped."""
    return {**_wide(_two_lines(f"{title}", detail, bold=True), "none", "none"), "TextHAlign": "left"}


def _button(text: str, body: str) -> Json:
    return {**_wide(text, "reply", body), "Silent": True}


def _wide(text: str, action: str, body: str) -> Json:
    return {"Columns": WIDE, "Rows": 1, "ActionType": action, "ActionBody": body, "Text": text}


def _two_lines(title: str, detail: str, *, bold: bool = False) -> str:
    first = f"<b>{escape(title)}</b>" if bold else escape(title)
    return f"{first}<br>{escape(detail)}" if detail else first


def _buttons(made: Json) -> list[Json]:
    shown = made.get("keyboard") or made.get("rich_media") or {}
    found: list[Json] = shown.get("Buttons", [])
    return found

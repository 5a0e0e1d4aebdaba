"""Cards as quick replies, button templates and carousels of the Messenger Platform.

A picker with pictures is a carousel whose first element is its heading; up to three choices stand on a button
template where the product has it, more become quick replies under a text. What does not fit goes as numbered
text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from apps.platforms.base import MediaFile
from apps.platforms.cards import (
    Card,
    CardLimits,
    ContactCard,
    Link,
    ListPicker,
    Option,
    TimeSlots,
    Unit,
    images,
    length,
    options,
)
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import prompt
from apps.platforms.shared.messenger_api import files

ELEMENTS = 10  # of a carousel
ELEMENT_TEXT = 80
BUTTONS = 3
BUTTON_TEXT = 640
QUICK_REPLIES = 13
# Not documented any more, in force for years.
TITLE = 20
PAYLOAD = 1000

Json = dict[str, Any]
Files = Mapping[int, MediaFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """What one product takes: how long a text may be, and whether it has the button template."""

    text_limit: int
    text_unit: Unit = Unit.CHARACTERS
    buttons: bool = True

    def limits(self) -> dict[str, CardLimits]:
        """By kind of card, for `Capabilities.cards`."""
        plain = CardLimits(
            most=QUICK_REPLIES, title=self.text_limit, choice=TITLE, unit=self.text_unit, id=PAYLOAD
        )
        text = BUTTON_TEXT if self.buttons else ELEMENT_TEXT
        found = {
            "quick_replies": plain,
            "list_picker": replace(plain, sections=0, images=True, pictures=(files.PICTURE,)),
            "time_slots": plain,
            "link": CardLimits(title=text, choice=TITLE, images=True, pictures=(files.PICTURE,)),
        }
        contact = {"contact": CardLimits(title=BUTTON_TEXT, subtitle=TITLE)}
        return {**found, **contact} if self.buttons else found


def fits(card: Card, shapes: Shapes) -> bool:
    """What no CardLimits says: all words together, payloads, and pictures that only a carousel shows."""
    if isinstance(card, Link):
        return card.image is None or length(card.text, Unit.UTF16) <= ELEMENT_TEXT
    if isinstance(card, ContactCard):
        return True
    if images(card):
        return _fits_carousel(card)
    said = prompt(card)
    short = length(said, shapes.text_unit) <= shapes.text_limit
    return bool(said.strip()) and short and all(len(data) <= PAYLOAD for _title, data in _choices(card))


def message(card: Card, files: Files, shapes: Shapes) -> Json:
    """The `message` of the Send API that shows a card which `fits`."""
    if isinstance(card, Link):
        return _link(card, files, shapes)
    if isinstance(card, ContactCard):
        call = {"type": "phone_number", "title": card.phone, "payload": card.phone}
        return _buttons(card.name, [call])
    if images(card):
        return _carousel(card, files)
    offered = _choices(card)
    lasting = isinstance(card, ListPicker | TimeSlots) and len(offered) <= BUTTONS and shapes.buttons
    if lasting and len(prompt(card)) <= BUTTON_TEXT:
        return _buttons(prompt(card), [_postback(title, data) for title, data in offered])
    replies = [{"content_type": "text", "title": title, "payload": data} for title, data in offered]
    return {"text": prompt(card), "quick_replies": replies}


def _choices(card: Card) -> list[tuple[str, str]]:
    """Title and payload of every choice; times in the card's zone, in a form that all languages read."""
    if isinstance(card, TimeSlots):
        zone = ZoneInfo(card.timezone)
        return [
            (f"{slot.start.astimezone(zone):%Y-%m-%d %H:%M}", choices.slot_payload(card.id, slot))
            for slot in card.slots
        ]
    return [(option.title, choices.payload(card.id, option.id)) for option in options(card)]


def _fits_carousel(card: Card) -> bool:
    """An element has a picture or a second line, so a card whose options have neither is none."""
    offered = options(card)
    heads = isinstance(card, ListPicker) and length(card.title, Unit.UTF16) <= ELEMENT_TEXT
    lines = [card.subtitle if isinstance(card, ListPicker) else "", *(option.subtitle for option in offered)]
    short = all(length(line, Unit.UTF16) <= ELEMENT_TEXT for line in lines)
    sections = card.sections if isinstance(card, ListPicker) else ()
    return (
        heads and short and len(sections) == 1 and len(offered) < ELEMENTS and not sections[0].title.strip()
    )


def _carousel(card: Card, files: Files) -> Json:
    elements = [_element(_postback(o.title, choices.payload(card.id, o.id)), o, files) for o in options(card)]
    if isinstance(card, ListPicker):
        heading = Option(id="", title=card.title, subtitle=card.subtitle.strip() or "•", image=card.image)
        elements = [_element(None, heading, files), *elements]
    return _template("generic", elements=elements)


def _element(button: Json | None, option: Option, files: Files) -> Json:
    element: Json = {"title": option.title}
    if option.subtitle.strip():
        element["subtitle"] = option.subtitle
    file = files.get(option.image) if option.image is not None else None
    if file is not None and file.url:
        element["image_url"] = file.url
    return {**element, "buttons": [button]} if button else element


def _link(card: Link, files: Files, shapes: Shapes) -> Json:
    button = {"type": "web_url", "title": card.button, "url": card.url}
    if card.image is None and shapes.buttons:
        return _buttons(card.text, [button])
    heading = Option(id="", title=card.text, image=card.image)
    return _template("generic", elements=[_element(button, heading, files)])


def _buttons(text: str, buttons: list[Json]) -> Json:
    return _template("button", text=text, buttons=buttons)


def _postback(title: str, data: str) -> Json:
    return {"type": "postback", "title": title, "payload": data}


def _template(kind: str, **fields: Any) -> Json:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **fields}}}

"""Cards as WhatsApp shows them: reply buttons, lists, a button with a link, requests and places.

Lengths are in characters. A quick reply of up to three short answers is shown as buttons, a longer one as a
list, for which WhatsApp wants a word on the button that opens it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apps.platforms.cards import (
    Card,
    CardLimits,
    ContactCard,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
    TimeSlots,
    slot_text,
)
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import choose
from apps.platforms.whatsapp import files

BODY = 1024
BUTTONS, BUTTON, BUTTON_ID = 3, 20, 256
ROWS, ROW, ROW_DETAIL, ROW_ID = 10, 24, 72, 200
PACKED = 24 + 20  # bytes that card and time take of an id, see shared/choices.py
LIMITS = {
    "quick_replies": CardLimits(most=ROWS, title=BODY, choice=ROW, id=ROW_ID - PACKED),
    "list_picker": CardLimits(
        most=ROWS,
        sections=ROWS,
        title=BODY,
        subtitle=BODY,
        section_title=ROW,
        choice=ROW,
        detail=ROW_DETAIL,
        id=ROW_ID - PACKED,
    ),
    "time_slots": CardLimits(most=ROWS, title=BODY, subtitle=BODY, id=ROW_ID - PACKED),
    "link": CardLimits(title=BODY, choice=BUTTON, images=True, pictures=(files.PICTURE,)),
    "location_request": CardLimits(title=BODY),
    "location": CardLimits(),
    "contact": CardLimits(),
}

Json = dict[str, Any]


def fits(card: Card) -> bool:
    """What is no capability: the words above the choices together, titles of sections, ids in all."""
    if len(words(card)) > BODY:
        return False
    if isinstance(card, ListPicker):
        titled = all(section.title.strip() for section in card.sections)
        return (titled or len(card.sections) == 1) and _ids_fit(card)
    return _ids_fit(card)


def words(card: Card) -> str:
    """What stands above the choices, with everything that a button has no room for."""
    match card:
        case QuickReplies():
            return "\n".join([card.prompt, *_subtitles(card)])
        case ListPicker():
            return "\n".join(line for line in (card.title, card.subtitle) if line)
        case TimeSlots():
            return "\n".join(line for line in (card.title, card.place) if line)
        case Link():
            return card.text
        case LocationRequest():
            return card.prompt
        case _:
            return ""


def message(card: Card, locale: str, image: str = "") -> Json:
    """`type` and its content for a card that `fits`. `image` is the id of an uploaded picture."""
    match card:
        case Location():
            place = {"latitude": card.latitude, "longitude": card.longitude}
            named = {"name": card.title.strip(), "address": card.address.strip()}
            return _typed("location", {**place, **{key: value for key, value in named.items() if value}})
        case ContactCard():
            return _typed("contacts", [_contact(card)])
        case _:
            return _typed("interactive", _interactive(card, locale, image))


def _typed(kind: str, content: Any) -> Json:
    return {"type": kind, kind: content}


def _interactive(card: Card, locale: str, image: str) -> Json:
    kind, action = _action(card, locale)
    header = {"header": {"type": "image", "image": {"id": image}}} if image else {}
    return {"type": kind, **header, "body": {"text": words(card)}, "action": action}


def _action(card: Card, locale: str) -> tuple[str, Json]:
    match card:
        case QuickReplies() if _as_buttons(card):
            return "button", {"buttons": [_button(card.id, option) for option in card.options]}
        case QuickReplies():
            return "list", _list(locale, [{"rows": [_row(card.id, option) for option in card.options]}])
        case ListPicker():
            return "list", _list(locale, [_section(card, section) for section in card.sections])
        case TimeSlots():
            return "list", _list(locale, [{"rows": _times(card)}])
        case Link():
            return "cta_url", {
                "name": "cta_url",
                "parameters": {"display_text": card.button, "url": card.url},
            }
        case _:
            return "location_request_message", {"name": "send_location"}


def _as_buttons(card: QuickReplies) -> bool:
    """Titles on buttons have to differ."""
    titles = {option.title for option in card.options}
    short = all(len(title) <= BUTTON for title in titles)
    return short and len(titles) == len(card.options) <= BUTTONS


def _subtitles(card: QuickReplies) -> list[str]:
    """A row has room for them, a button has not."""
    if not _as_buttons(card) and all(len(option.subtitle) <= ROW_DETAIL for option in card.options):
        return []
    return [f"• {option.title}: {option.subtitle}" for option in card.options if option.subtitle]


def _button(card_id: str, option: Option) -> Json:
    return {"type": "reply", "reply": {"id": choices.payload(card_id, option.id), "title": option.title}}


def _list(locale: str, sections: Sequence[Json]) -> Json:
    return {"button": choose(locale), "sections": list(sections)}


def _section(card: ListPicker, section: Section) -> Json:
    title = {"title": section.title} if section.title.strip() else {}
    return {**title, "rows": [_row(card.id, option) for option in section.options]}


def _row(card_id: str, option: Option) -> Json:
    fits = option.subtitle.strip() and len(option.subtitle) <= ROW_DETAIL
    detail = {"description": option.subtitle} if fits else {}
    return {"id": choices.payload(card_id, option.id), "title": option.title, **detail}


def _times(card: TimeSlots) -> list[Json]:
    """The time as title, how long it lasts below."""
    found = []
    for slot in card.slots:
        start, _, length = slot_text(slot, card.timezone).partition(" (")
        row = {"id": choices.slot_payload(card.id, slot), "title": start, "description": length.rstrip(")")}
        found.append(row)
    return found


def _contact(card: ContactCard) -> Json:
    name = {"formatted_name": card.name, "first_name": card.name}
    return {"name": name, "phones": [{"phone": card.phone, "type": "WORK"}]}


def _ids_fit(card: Card) -> bool:
    """Ids of cards that are no UUID may be longer than ours."""
    return all(len(each.encode()) <= ROW_ID for each in choices.payloads(card))

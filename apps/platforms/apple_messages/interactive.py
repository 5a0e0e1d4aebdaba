"""Cards as Apple's interactive messages.

`requestIdentifier` is the card's id: the answer brings it back.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from apps.platforms.apple_messages import forms
from apps.platforms.apple_messages.refusals import option_title, problems
from apps.platforms.base import Rejected
from apps.platforms.cards import (
    Card,
    Form,
    ListPicker,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
    images,
)

BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
    "com.apple.icloud.apps.messages.business.extension"
)

Json = dict[str, Any]
Pictures = Mapping[int, bytes]


def compile_card(card: Card, pictures: Pictures | None = None) -> Json:
    """The `interactiveData` for a card. `pictures` are PNG by position; the card goes without those that are
    missing. Raises Rejected with each field that Apple would refuse and the fix."""
    found = list(problems(card))
    if found:
        raise Rejected(" ".join(found), code="card")
    match card:
        case QuickReplies():
            return _quick_replies(card)
        case ListPicker():
            return _list_picker(card, pictures or {})
        case TimeSlots():
            return _time_picker(card)
        case Form():
            return _interactive(card.id, {"dynamic": forms.dynamic(card)}) | _bubbles(card.title, card.submit)
    raise Rejected(f"{card.kind}: Apple has no message for it.", code="card")


def _quick_replies(card: QuickReplies) -> Json:
    items = [{"identifier": option.id, "title": option_title(option)} for option in card.options]
    return _interactive(card.id, {"quick-reply": {"summaryText": card.prompt, "items": items}})


def _list_picker(card: ListPicker, pictures: Pictures) -> Json:
    sections = [_section(section, order, pictures) for order, section in enumerate(card.sections)]
    shown = [_picture(position, pictures[position]) for position in images(card) if position in pictures]
    art = {"images": shown} if shown else {}
    made = _interactive(card.id, {**art, "listPicker": {"sections": sections}})
    bubbles = _bubbles(card.title, card.subtitle, card.reply_title)
    if card.image in pictures:
        bubbles["receivedMessage"] |= {"imageIdentifier": _picture_name(card.image), "style": "large"}
    return made | bubbles


def _section(section: Section, order: int, pictures: Pictures) -> Json:
    return {
        "title": section.title,
        "order": order,
        "multipleSelection": section.multiple,
        "items": [_item(option, place, pictures) for place, option in enumerate(section.options)],
    }


def _item(option: Option, order: int, pictures: Pictures) -> Json:
    item: Json = {"identifier": option.id, "title": option.title, "order": order, "style": "default"}
    if option.image in pictures:
        item |= {"imageIdentifier": _picture_name(option.image), "style": "icon"}
    return item | ({"subtitle": option.subtitle} if option.subtitle else {})


def _picture(position: int, png: bytes) -> Json:
    return {"identifier": _picture_name(position), "data": base64.b64encode(png).decode()}


def _picture_name(position: int | None) -> str:
    return f"picture-{position}"


def _time_picker(card: TimeSlots) -> Json:
    """Without a `timezoneOffset` each device shows its own time."""
    event = {"identifier": card.id, "title": card.title, "timeslots": [_slot(slot) for slot in card.slots]}
    return _interactive(card.id, {"event": event}) | _bubbles(card.title, card.place)


def _slot(slot: Slot) -> Json:
    """The start in GMT, to the minute; the duration in seconds."""
    start = slot.start.astimezone(UTC).isoformat(timespec="minutes").removesuffix("+00:00")
    return {"identifier": slot.id, "startTime": f"{start}+0000", "duration": slot.minutes * 60}


def _bubbles(title: str, subtitle: str, reply: str = "") -> dict[str, Json]:
    """What stands in the conversation before the card is opened, and over the answer."""
    received = {"title": title, "subtitle": subtitle, "style": "icon"}
    return {
        "receivedMessage": {name: value for name, value in received.items() if value},
        "replyMessage": {"title": reply or title, "style": "icon"},
    }


def _interactive(request: str, payload: Json) -> Json:
    return {"bid": BID, "data": {"version": "1.0", "requestIdentifier": request, **payload}}

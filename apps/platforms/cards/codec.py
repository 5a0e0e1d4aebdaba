"""Cards and answers as JSON, and back, strictly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from apps.platforms.cards.model import (
    FIELD_TYPES,
    Card,
    CardAnswer,
    ContactCard,
    Field,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Section,
    Slot,
    TimeSlots,
)

Data = dict[str, Any]
EARLIEST, LATEST = 1970, 9990  # years of a time that every zone can show
LONGEST = 999_999  # minutes


class BadCard(ValueError):
    """The JSON is not a card; the message names the field."""


def to_json(card: Card) -> Data:
    data = asdict(card)
    if isinstance(card, TimeSlots):
        data["slots"] = [_slot_to_json(slot) for slot in card.slots]
    return data


def from_json(data: Data) -> Card:
    """Build a card from `to_json`'s form. Raises BadCard naming what is missing or wrong."""
    try:
        build = _BUILDERS.get(data["kind"])
        if build is not None:
            return build(data)
    except (KeyError, TypeError, AttributeError) as error:
        raise BadCard(f"card field missing or of the wrong type: {error}") from error
    except ValueError as error:
        raise BadCard(f"card field with a wrong value: {error}") from error
    raise BadCard(f"unknown kind of card: {data['kind']!r}")


def answer_to_json(answer: CardAnswer) -> Data:
    return {
        "card_id": answer.card_id,
        "selected": [asdict(option) for option in answer.selected],
        "slot": _slot_to_json(answer.slot) if answer.slot else None,
        "values": {name: list(values) for name, values in answer.values.items()},
    }


def answer_from_json(data: Data) -> CardAnswer:
    return CardAnswer(
        card_id=data["card_id"],
        selected=_options(data["selected"]),
        slot=_slot(data["slot"]) if data.get("slot") else None,
        values={name: tuple(values) for name, values in data.get("values", {}).items()},
    )


def _quick_replies(data: Data) -> QuickReplies:
    return QuickReplies(id=_text(data, "id"), prompt=_text(data, "prompt"), options=_options(data["options"]))


def _list_picker(data: Data) -> ListPicker:
    return ListPicker(
        id=_text(data, "id"),
        title=_text(data, "title"),
        subtitle=_text(data, "subtitle", ""),
        reply_title=_text(data, "reply_title", ""),
        image=_position(data.get("image")),
        sections=tuple(_section(section) for section in data["sections"]),
    )


def _time_slots(data: Data) -> TimeSlots:
    zone = _text(data, "timezone", "UTC")
    try:
        ZoneInfo(zone)
    except Exception as error:  # KeyError, ValueError, OSError: it depends on the name
        raise ValueError(f"timezone {zone[:60]!r} is not known") from error
    return TimeSlots(
        id=_text(data, "id"),
        title=_text(data, "title"),
        slots=tuple(_slot(slot) for slot in data["slots"]),
        timezone=zone,
        place=_text(data, "place", ""),
    )


def _form(data: Data) -> Form:
    return Form(
        id=_text(data, "id"),
        title=_text(data, "title"),
        fields=tuple(_field(field) for field in data["fields"]),
        submit=_text(data, "submit", ""),
    )


def _field(data: Data) -> Field:
    kind = _text(data, "type", "text")
    if kind not in FIELD_TYPES:
        raise ValueError(f"type {kind[:60]!r} is none of {', '.join(FIELD_TYPES)}")
    return Field(
        id=_text(data, "id"),
        label=_text(data, "label"),
        type=kind,
        required=bool(data.get("required", True)),
        options=_options(data.get("options", [])),
    )


def _link(data: Data) -> Link:
    url = _text(data, "url")
    if not url.startswith("https://"):
        raise ValueError("url does not begin with https://")
    return Link(
        id=_text(data, "id"),
        text=_text(data, "text"),
        button=_text(data, "button"),
        url=url,
        image=_position(data.get("image")),
    )


def _location_request(data: Data) -> LocationRequest:
    return LocationRequest(id=_text(data, "id"), prompt=_text(data, "prompt"))


def _location(data: Data) -> Location:
    latitude, longitude = float(data["latitude"]), float(data["longitude"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("latitude or longitude is not on Earth")
    return Location(
        id=_text(data, "id"),
        latitude=latitude,
        longitude=longitude,
        title=_text(data, "title", ""),
        address=_text(data, "address", ""),
    )


def _contact(data: Data) -> ContactCard:
    return ContactCard(id=_text(data, "id"), name=_text(data, "name"), phone=_text(data, "phone"))


def _media_group(data: Data) -> MediaGroup:
    positions = [_position(value) for value in data["images"]]
    return MediaGroup(
        id=_text(data, "id"),
        images=tuple(position for position in positions if position is not None),
        text=_text(data, "text", ""),
    )


_BUILDERS: dict[str, Callable[[Data], Card]] = {
    "quick_replies": _quick_replies,
    "list_picker": _list_picker,
    "time_slots": _time_slots,
    "form": _form,
    "link": _link,
    "location_request": _location_request,
    "location": _location,
    "contact": _contact,
    "media_group": _media_group,
}
KINDS = tuple(_BUILDERS)


def _options(data: list[Data]) -> tuple[Option, ...]:
    return tuple(
        Option(
            id=_text(o, "id"),
            title=_text(o, "title"),
            subtitle=_text(o, "subtitle", ""),
            image=_position(o.get("image")),
        )
        for o in data
    )


def _section(data: Data) -> Section:
    return Section(
        title=_text(data, "title", ""),
        options=_options(data["options"]),
        multiple=bool(data.get("multiple", False)),
    )


def _slot(data: Data) -> Slot:
    start = datetime.fromisoformat(_text(data, "start"))
    if start.tzinfo is None:
        raise ValueError("start has no time zone")
    minutes = _whole(data["minutes"])
    if not EARLIEST <= start.year <= LATEST or minutes > LONGEST:
        raise ValueError("start or minutes are too far away")
    return Slot(id=_text(data, "id"), start=start, minutes=minutes)


def _slot_to_json(slot: Slot) -> Data:
    return {"id": slot.id, "start": slot.start.isoformat(), "minutes": slot.minutes}


def _position(value: Any) -> int | None:
    return None if value is None else _whole(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is not a whole number")
    return value


def _text(data: Data, name: str, default: str | None = None) -> str:
    """The text under `name`; a number is taken for its digits, anything else is a TypeError."""
    value = data[name] if default is None else data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"{name} is not text")
    return str(value)

"""Typed rich messages and their typed answers, the same for every platform.

Each kind is a frozen dataclass with an `id` that the answer names and a `kind` under which it is stored. An
image is the position of a file among the message's own attachments; a file that a card shows is not sent
by itself as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    id: str
    title: str
    subtitle: str = ""
    image: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    title: str
    options: tuple[Option, ...]
    multiple: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickReplies:
    """A short question with two to five answers, one of which may be tapped."""

    id: str
    prompt: str
    options: tuple[Option, ...]
    kind: str = field(default="quick_replies", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPicker:
    """A titled list in sections; `reply_title` heads the customer's answer on Apple devices."""

    id: str
    title: str
    sections: tuple[Section, ...]
    subtitle: str = ""
    reply_title: str = ""
    image: int | None = None
    kind: str = field(default="list_picker", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """`start` is aware; `minutes` is how long it lasts."""

    id: str
    start: datetime
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSlots:
    """Times of which the customer takes one. `timezone` is an IANA name in which they are shown as text;
    devices that know their own show that."""

    id: str
    title: str
    slots: tuple[Slot, ...]
    timezone: str = "UTC"
    place: str = ""
    kind: str = field(default="time_slots", init=False)


FIELD_TYPES = ("text", "long_text", "email", "phone", "number", "date", "choice", "choices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form. `type` is one of FIELD_TYPES; `options` only for choice and choices."""

    id: str
    label: str
    type: str = "text"
    required: bool = True
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    id: str
    title: str
    fields: tuple[Field, ...]
    submit: str = ""
    kind: str = field(default="form", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A call to action: a text and a button that opens `url` (https)."""

    id: str
    text: str
    button: str
    url: str
    image: int | None = None
    kind: str = field(default="link", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationRequest:
    """Asks where the customer is."""

    id: str
    prompt: str
    kind: str = field(default="location_request", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place that we show. Degrees, WGS 84."""

    id: str
    latitude: float
    longitude: float
    title: str = ""
    address: str = ""
    kind: str = field(default="location", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCard:
    """Somebody whom the customer can call or save. `phone` is E.164."""

    id: str
    name: str
    phone: str
    kind: str = field(default="contact", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaGroup:
    """Pictures or films that belong together, with one caption."""

    id: str
    images: tuple[int, ...]
    text: str = ""
    kind: str = field(default="media_group", init=False)


Card = (
    QuickReplies
    | ListPicker
    | TimeSlots
    | Form
    | Link
    | LocationRequest
    | Location
    | ContactCard
    | MediaGroup
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """What the customer answered. `card_id` is the card's id, "" when the platform does not echo it.

    `selected` are options (quick replies, list), `slot` the time taken, `values` what a form's fields were
    filled with, by field id. A place that was asked for comes as the message's own place.
    """

    card_id: str
    selected: tuple[Option, ...] = ()
    slot: Slot | None = None
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def options(card: Card) -> tuple[Option, ...]:
    """Every option in the order in which the customer sees them; none for cards without options."""
    if isinstance(card, QuickReplies):
        return card.options
    if isinstance(card, ListPicker):
        return tuple(option for section in card.sections for option in section.options)
    return ()


def images(card: Card) -> tuple[int, ...]:
    """Positions of the files that the card shows, each once, in order of appearance."""
    found: list[int | None] = list(card.images) if isinstance(card, MediaGroup) else []
    if isinstance(card, ListPicker | Link):
        found.append(card.image)
    found += [option.image for option in options(card)]
    return tuple(dict.fromkeys(position for position in found if position is not None))


def without_images(card: Card) -> Card:
    """The card as it is where its pictures go beside it; a group of them stays what it is."""
    match card:
        case QuickReplies():
            return replace(card, options=_plain(card.options))
        case ListPicker():
            sections = tuple(replace(each, options=_plain(each.options)) for each in card.sections)
            return replace(card, image=None, sections=sections)
        case Link():
            return replace(card, image=None)
        case _:
            return card


def _plain(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(replace(option, image=None) for option in options)


def heading(card: Card) -> str:
    """The words under which a person knows the card in a list."""
    match card:
        case QuickReplies() | LocationRequest():
            return card.prompt
        case ListPicker() | TimeSlots() | Form():
            return card.title
        case Link() | MediaGroup():
            return card.text
        case Location():
            return card.title or card.address or f"{card.latitude}, {card.longitude}"
        case ContactCard():
            return card.name

"""What a platform takes of each kind of card, as data, and a linter that names the limit and the fix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from apps.platforms.cards.model import (
    Card,
    ContactCard,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    QuickReplies,
    TimeSlots,
    images,
)


class Unit(StrEnum):
    CHARACTERS = "characters"  # code points
    UTF16 = "utf16"  # what JavaScript and Java call a character
    BYTES = "bytes"  # of UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLimits:
    """Limits of one kind of card on one platform. 0: the platform names no limit.

    `fewest` and `most` count choices in all: options, times, fields, files. `title` is the card's heading or
    prompt, `subtitle` its second line, `choice` an option's title (a button's, a field's label), `detail` an
    option's second line, `id` an option's id in bytes. `device` is the capability that the customer's device
    must have named.
    """

    fewest: int = 1
    most: int = 10
    sections: int = 1
    title: int = 0
    subtitle: int = 0
    section_title: int = 0
    choice: int = 0
    detail: int = 0
    id: int = 0
    images: bool = False
    multiple: bool = False
    unit: Unit = Unit.CHARACTERS
    device: str = ""


class Limit(StrEnum):
    """What can be wrong with a card on a platform."""

    NOT_SHOWN = "not_shown"  # the platform has no such card
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    SECTIONS = "sections"
    TOO_LONG = "too_long"
    EMPTY = "empty"
    REPEATED_ID = "repeated_id"
    MULTIPLE = "multiple"
    IMAGES = "images"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One limit that a card breaks. `where` is a path such as "sections.0.options.3.title", `is_now` and
    `limit` the numbers. One that `blocks` makes the card go as text; the others only lose the picture."""

    limit_kind: Limit
    where: str = ""
    is_now: int = 0
    limit: int = 0
    blocks: bool = True


def lint(card: Card, limits: CardLimits | None, *, device: frozenset[str] | None = None) -> list[Finding]:
    """Everything that keeps `card` from being shown under `limits` (None: the platform has no such card) on
    a device that named `device` (None: it said nothing and is believed able)."""
    if limits is None:
        return [Finding(limit_kind=Limit.NOT_SHOWN)]
    found = list(_counts(card, limits)) + list(_lengths(card, limits)) + list(_ids(card, limits))
    if limits.device and device is not None and limits.device not in device:
        found.append(Finding(limit_kind=Limit.DEVICE))
    if images(card) and not limits.images and not isinstance(card, MediaGroup):
        found.append(Finding(limit_kind=Limit.IMAGES, blocks=False))
    return found


def length(text: str, unit: Unit) -> int:
    """How long `text` is in the platform's own way of counting."""
    if unit is Unit.BYTES:
        return len(text.encode("utf-8", "surrogatepass"))
    if unit is Unit.UTF16:
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    return len(text)


def _counts(card: Card, limits: CardLimits) -> Iterator[Finding]:
    number = len(_choices(card))
    if number < limits.fewest and not isinstance(card, Link | Location | LocationRequest | ContactCard):
        yield Finding(limit_kind=Limit.TOO_FEW, is_now=number, limit=limits.fewest)
    if limits.most and number > limits.most:
        yield Finding(limit_kind=Limit.TOO_MANY, is_now=number, limit=limits.most)
    if isinstance(card, ListPicker):
        if limits.sections and len(card.sections) > limits.sections:
            where = f"sections.{limits.sections}"
            yield Finding(
                limit_kind=Limit.SECTIONS, where=where, is_now=len(card.sections), limit=limits.sections
            )
        for number, section in enumerate(card.sections):
            if section.multiple and not limits.multiple:
                yield Finding(limit_kind=Limit.MULTIPLE, where=f"sections.{number}.multiple")
            if not section.options:
                yield Finding(limit_kind=Limit.TOO_FEW, where=f"sections.{number}", limit=1)


def _lengths(card: Card, limits: CardLimits) -> Iterator[Finding]:
    for where, text, most, needed in _texts(card, limits):
        size = length(text, limits.unit)
        if most and size > most:
            yield Finding(limit_kind=Limit.TOO_LONG, where=where, is_now=size, limit=most)
        if needed and not text.strip():
            yield Finding(limit_kind=Limit.EMPTY, where=where)


def _ids(card: Card, limits: CardLimits) -> Iterator[Finding]:
    ids = [choice for _, choice in _choices(card)]
    if len(set(ids)) < len(ids):
        yield Finding(limit_kind=Limit.REPEATED_ID)
    for where, choice in _choices(card):
        size = len(choice.encode("utf-8", "surrogatepass"))
        if limits.id and size > limits.id:
            yield Finding(limit_kind=Limit.TOO_LONG, where=f"{where}.id", is_now=size, limit=limits.id)


def _choices(card: Card) -> list[tuple[str, str]]:
    """Where each choice is, and its id."""
    match card:
        case QuickReplies():
            return [(f"options.{n}", option.id) for n, option in enumerate(card.options)]
        case ListPicker():
            return [
                (f"sections.{s}.options.{n}", option.id)
                for s, section in enumerate(card.sections)
                for n, option in enumerate(section.options)
            ]
        case TimeSlots():
            return [(f"slots.{n}", slot.id) for n, slot in enumerate(card.slots)]
        case Form():
            return [(f"fields.{n}", field.id) for n, field in enumerate(card.fields)]
        case MediaGroup():
            return [(f"images.{n}", str(position)) for n, position in enumerate(card.images)]
        case _:
            return []


def _texts(card: Card, limits: CardLimits) -> Iterator[tuple[str, str, int, bool]]:
    """Where, what, at most how long, and whether it must not be empty."""
    match card:
        case QuickReplies():
            yield "prompt", card.prompt, limits.title, True
            for n, option in enumerate(card.options):
                yield f"options.{n}.title", option.title, limits.choice, True
        case ListPicker():
            yield from _list_texts(card, limits)
        case TimeSlots():
            yield "title", card.title, limits.title, True
            yield "place", card.place, limits.subtitle, False
        case Form():
            yield "title", card.title, limits.title, True
            for n, field in enumerate(card.fields):
                yield f"fields.{n}.label", field.label, limits.choice, True
        case Link():
            yield "text", card.text, limits.title, True
            yield "button", card.button, limits.choice, True
        case LocationRequest():
            yield "prompt", card.prompt, limits.title, True
        case Location():
            yield "title", card.title, limits.title, False
            yield "address", card.address, limits.subtitle, False
        case ContactCard():
            yield "name", card.name, limits.title, True
            yield "phone", card.phone, limits.subtitle, True
        case MediaGroup():
            yield "text", card.text, limits.title, False


def _list_texts(card: ListPicker, limits: CardLimits) -> Iterator[tuple[str, str, int, bool]]:
    yield "title", card.title, limits.title, True
    yield "subtitle", card.subtitle, limits.subtitle, False
    for s, section in enumerate(card.sections):
        yield f"sections.{s}.title", section.title, limits.section_title, False
        for n, option in enumerate(section.options):
            yield f"sections.{s}.options.{n}.title", option.title, limits.choice, True
            yield f"sections.{s}.options.{n}.subtitle", option.subtitle, limits.detail, False

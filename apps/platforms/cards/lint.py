"""The linter of cards: it names every limit that a card breaks and where. Its words: console/findings.py."""

from __future__ import annotations

import re
from collections.abc import Iterator

from apps.platforms.cards.limits import CardLimits, Finding, Limit, Unit, length
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

# A dotted host, no spaces, no signs that a browser would have to guess about.
_ADDRESS = re.compile(r"https://[^\s/?#@:\\]+\.[^\s/?#@:.\\]+(:\d{1,5})?([/?#][^\s<>\"\\^`{|}]*)?")
_PHONE = re.compile(r"\+[1-9][0-9]{3,14}")  # E.164


def lint(card: Card, limits: CardLimits | None, *, device: frozenset[str] | None = None) -> list[Finding]:
    """Everything that keeps `card` from being shown under `limits` (None: the platform has no such card) on
    a device that named `device` (None: it said nothing and is believed able)."""
    if limits is None:
        return [Finding(limit_kind=Limit.NOT_SHOWN)]
    found = [*_counts(card, limits), *_lengths(card, limits), *_ids(card, limits)]
    if isinstance(card, Link):
        found += _address(card.url, limits)
    if isinstance(card, ContactCard) and card.phone.strip() and not _PHONE.fullmatch(card.phone):
        found.append(Finding(limit_kind=Limit.PHONE, where="phone"))
    if limits.device and device is not None and limits.device not in device:
        found.append(Finding(limit_kind=Limit.DEVICE))
    if images(card) and not limits.images and not isinstance(card, MediaGroup):
        found.append(Finding(limit_kind=Limit.IMAGES, blocks=False))
    if images(card) and limits.images_perhaps:
        found.append(Finding(limit_kind=Limit.IMAGES_PERHAPS, blocks=False))
    return found


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
    if isinstance(card, Form):
        for number, field in enumerate(card.fields):
            if field.type in ("choice", "choices") and not field.options:
                yield Finding(limit_kind=Limit.TOO_FEW, where=f"fields.{number}", limit=1)


def _lengths(card: Card, limits: CardLimits) -> Iterator[Finding]:
    for where, text, most, needed in _texts(card, limits):
        size = length(text, limits.unit)
        if most and size > most:
            yield Finding(limit_kind=Limit.TOO_LONG, where=where, is_now=size, limit=most, unit=limits.unit)
        if needed and not text.strip():
            yield Finding(limit_kind=Limit.EMPTY, where=where)


def _ids(card: Card, limits: CardLimits) -> Iterator[Finding]:
    for group in _groups(card):
        ids = [choice for _, choice in group]
        if len(set(ids)) < len(ids):
            yield Finding(limit_kind=Limit.REPEATED_ID)
        for where, choice in group:
            size = length(choice, Unit.BYTES)
            if not choice:
                yield Finding(limit_kind=Limit.EMPTY, where=f"{where}.id")
            if limits.id and size > limits.id:
                where, unit = f"{where}.id", Unit.BYTES
                yield Finding(limit_kind=Limit.TOO_LONG, where=where, is_now=size, limit=limits.id, unit=unit)


def _groups(card: Card) -> Iterator[list[tuple[str, str]]]:
    """Choices that are told apart by their ids: all of a card, and those of each question of a form."""
    yield _choices(card)
    if isinstance(card, Form):
        for n, field in enumerate(card.fields):
            yield [(f"fields.{n}.options.{m}", option.id) for m, option in enumerate(field.options)]


def _address(url: str, limits: CardLimits) -> Iterator[Finding]:
    """Platforms refuse the whole message for an address that leads nowhere."""
    if limits.url and len(url) > limits.url:
        yield Finding(limit_kind=Limit.TOO_LONG, where="url", is_now=len(url), limit=limits.url)
    if not _ADDRESS.fullmatch(url):
        yield Finding(limit_kind=Limit.ADDRESS, where="url")


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
            yield "submit", card.submit, limits.choice, False
            for n, field in enumerate(card.fields):
                yield f"fields.{n}.label", field.label, limits.choice, True
                for m, option in enumerate(field.options):
                    yield f"fields.{n}.options.{m}.title", option.title, limits.detail, True
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

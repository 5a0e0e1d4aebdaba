"""Cards as plain text for whoever cannot show them, and the answers that plain text can mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import TypeVar
from zoneinfo import ZoneInfo

from apps.platforms.cards.model import (
    Card,
    CardAnswer,
    ContactCard,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    QuickReplies,
    Slot,
    TimeSlots,
    options,
)

T = TypeVar("T")


def fallback_text(card: Card) -> str:
    """The card as numbered plain text, for platforms and devices that cannot show it; loses no words."""
    return "\n".join(line for line in _lines(card) if line)


def answer_from_text(card: Card, text: str) -> CardAnswer | None:
    """The answer meant by an option's title or by "2" ("2.", "2)"; "1, 3" where several may be chosen), or
    None when the text is no answer."""
    wanted = text.strip().casefold()
    if not wanted:
        return None
    if isinstance(card, TimeSlots):
        slot = _numbered_one(card.slots, wanted)
        return CardAnswer(card_id=card.id, slot=slot) if slot else None
    by_title = {option.title.strip().casefold(): option for option in reversed(options(card))}
    chosen = by_title.get(wanted) or _numbered_one(options(card), wanted)
    if chosen:
        return CardAnswer(card_id=card.id, selected=(chosen,))
    return _several(card, wanted)


def slot_text(slot: Slot, timezone: str) -> str:
    """The time in `timezone`, in a form that people of every language read: 2026-11-23 09:30 (30 min)."""
    local = slot.start.astimezone(ZoneInfo(timezone))
    return f"{local:%Y-%m-%d %H:%M} ({slot.minutes} min)"


def answer_text(answer: CardAnswer, card: Card | None = None) -> str:
    """An answer in words: what was chosen, when, or what was filled in; for lists and previews. With its
    card, times are where it takes place and choices of a form have their titles."""
    chosen = [option.title or option.id for option in answer.selected]
    zone = card.timezone if isinstance(card, TimeSlots) else "UTC"
    slot = [slot_text(answer.slot, zone)] if answer.slot else []
    filled = [filled_in(card, name, answer) for name in answer.values]
    return ", ".join([*chosen, *slot, *filled])


def filled_in(card: Card | None, name: str, answer: CardAnswer) -> str:
    """What the form's field `name` was filled with, chosen options by their titles; "" when left out."""
    asked = card.fields if isinstance(card, Form) else ()
    titles = {option.id: option.title for field in asked if field.id == name for option in field.options}
    return ", ".join(titles.get(value, value) for value in answer.values.get(name, ()))


def _lines(card: Card) -> list[str]:
    numbers = count(1)
    match card:
        case QuickReplies():
            return [card.prompt, *_numbered(card.options, numbers)]
        case ListPicker():
            return [card.title, card.subtitle, *_sections(card, numbers)]
        case TimeSlots():
            slots = [f"{next(numbers)}. {slot_text(slot, card.timezone)}" for slot in card.slots]
            return [card.title, card.place, *slots]
        case Form():
            return [card.title, *_questions(card, numbers)]
        case Link():
            return [card.text, f"{card.button}: {card.url}"]
        case LocationRequest():
            return [card.prompt]
        case Location():
            point = f"mlat={card.latitude:.6f}&mlon={card.longitude:.6f}"
            return [card.title, card.address, f"https://www.openstreetmap.org/?{point}"]
        case ContactCard():
            return [card.name, card.phone]
        case MediaGroup():
            return [card.text]


def _sections(card: ListPicker, numbers: Iterator[int]) -> Iterator[str]:
    for section in card.sections:
        yield section.title
        yield from _numbered(section.options, numbers)


def _questions(card: Form, numbers: Iterator[int]) -> Iterator[str]:
    for field in card.fields:
        choices = " / ".join(option.title for option in field.options)
        yield f"{next(numbers)}. {field.label}" + (f" ({choices})" if choices else "")


def _several(card: Card, wanted: str) -> CardAnswer | None:
    """ "1, 3 and 4" where a list lets several be chosen."""
    if not isinstance(card, ListPicker) or not any(section.multiple for section in card.sections):
        return None
    numbers = re.findall(r"\d+", wanted)
    if len(numbers) < 2 or not re.fullmatch(r"[\d\s,;.&+)]+(?:(?:and|et)[\d\s,;.)]+)?", wanted):
        return None
    chosen = [_numbered_one(options(card), number) for number in dict.fromkeys(numbers)]
    found = tuple(option for option in chosen if option)
    return CardAnswer(card_id=card.id, selected=found) if len(found) == len(chosen) else None


def _numbered_one(choices: Sequence[T], wanted: str) -> T | None:
    number = wanted.rstrip(".)")
    known = {str(n): choice for n, choice in enumerate(choices, 1)}
    return known.get(number)


def _numbered(choices: tuple[Option, ...], numbers: Iterator[int]) -> list[str]:
    return [f"{next(numbers)}. {_line(option)}" for option in choices]


def _line(option: Option) -> str:
    return f"{option.title} ({option.subtitle})" if option.subtitle else option.title

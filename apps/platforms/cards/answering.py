"""What a customer may answer to a card: words from outside, checked against it, as the typed answer.

For platforms that give us back what was typed or ticked and leave the checking to us, such as web chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from apps.platforms.cards.model import (
    Card,
    CardAnswer,
    Field,
    Form,
    ListPicker,
    LocationRequest,
    Option,
    QuickReplies,
    TimeSlots,
    options,
)

MAX_LINE = 500  # characters
MAX_LONG = 4000
ADDRESS = "address"  # the value under which a written place is kept


class Fault(StrEnum):
    """What can be wrong with an answer."""

    UNKNOWN = "unknown"  # the card has no such choice, time or question
    REQUIRED = "required"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    PAST = "past"  # a time that is over


class BadAnswer(ValueError):
    """`where` is "selected", "slot", "address" or the id of a form's field."""

    def __init__(self, where: str, fault: Fault) -> None:
        super().__init__(f"{where}: {fault}")
        self.where, self.fault = where, fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer as it came: ids of options, the id of a time, what fields were filled with (ids of options
    where they are chosen from), a place in words."""

    selected: Sequence[str] = ()
    slot: str = ""
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    address: str = ""


def takes_answers(card: Card) -> bool:
    """Whether the card asks something."""
    return isinstance(card, QuickReplies | ListPicker | TimeSlots | Form | LocationRequest)


def answered(card: Card, given: Given) -> CardAnswer:
    """The typed answer to a card that `takes_answers`. Raises BadAnswer naming the first thing wrong."""
    match card:
        case TimeSlots():
            slots = {slot.id: slot for slot in card.slots}
            if given.slot not in slots:
                raise BadAnswer("slot", Fault.UNKNOWN if given.slot else Fault.REQUIRED)
            return CardAnswer(card_id=card.id, slot=slots[given.slot])
        case Form():
            return CardAnswer(card_id=card.id, values=_filled(card, given.values))
        case LocationRequest():
            words = _cut(_line(given.address), MAX_LINE, ADDRESS)
            if not words:
                raise BadAnswer(ADDRESS, Fault.REQUIRED)
            return CardAnswer(card_id=card.id, values={ADDRESS: (words,)})
        case _:
            return CardAnswer(card_id=card.id, selected=_selected(card, given.selected))


def check_ahead(typed: CardAnswer, now: datetime) -> None:
    """Raises BadAnswer when the chosen time has come: the same moment as a card with it is no longer sent."""
    if typed.slot is not None and typed.slot.start <= now:
        raise BadAnswer("slot", Fault.PAST)


def _selected(card: Card, ids: Sequence[str]) -> tuple[Option, ...]:
    by_id = {option.id: option for option in options(card)}
    if not ids:
        raise BadAnswer("selected", Fault.REQUIRED)
    if not set(ids) <= set(by_id):
        raise BadAnswer("selected", Fault.UNKNOWN)
    if len(set(ids)) != len(ids) or (len(ids) > 1 and not _takes_several(card, set(ids))):
        raise BadAnswer("selected", Fault.TOO_MANY)
    return tuple(by_id[each] for each in ids)


def _takes_several(card: Card, chosen: set[str]) -> bool:
    """Several answers come from sections that allow it; at most one from each other section."""
    if not isinstance(card, ListPicker):
        return False
    counts = [(each.multiple, sum(option.id in chosen for option in each.options)) for each in card.sections]
    return all(multiple or count <= 1 for multiple, count in counts)


def _filled(card: Form, given: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """In the order of the questions, without those that were left out."""
    known = {each.id for each in card.fields}
    if strange := next((name for name in given if name not in known), None):
        raise BadAnswer(strange, Fault.UNKNOWN)
    values = {each.id: _value(each, given.get(each.id, ())) for each in card.fields}
    return {name: said for name, said in values.items() if said}


def _value(asked: Field, given: Iterable[str]) -> tuple[str, ...]:
    said = tuple(words.strip() for words in given if words.strip())
    if asked.required and not said:
        raise BadAnswer(asked.id, Fault.REQUIRED)
    if asked.type in ("choice", "choices"):
        return _chosen(asked, said)
    if len(said) > 1:
        raise BadAnswer(asked.id, Fault.TOO_MANY)
    return tuple(_CHECKS[asked.type](asked.id, words) for words in said)


def _chosen(asked: Field, said: tuple[str, ...]) -> tuple[str, ...]:
    if not set(said) <= {option.id for option in asked.options}:
        raise BadAnswer(asked.id, Fault.UNKNOWN)
    if len(set(said)) != len(said) or (asked.type == "choice" and len(said) > 1):
        raise BadAnswer(asked.id, Fault.TOO_MANY)
    return said


def _text(where: str, words: str) -> str:
    return _cut(_line(words), MAX_LINE, where)


def _long_text(where: str, words: str) -> str:
    return _cut(words.replace("\r\n", "\n"), MAX_LONG, where)


_EMAIL = re.compile(r"[^@\s<>\"(),;:\\]+@[^@\s.<>\"(),;:\\]+(\.[^@\s.<>\"(),;:\\]+)+")
_PHONE = re.compile(r"\+?[0-9 .()/\u00a0\u202f-]+")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")


def _email(where: str, words: str) -> str:
    if not _EMAIL.fullmatch(words) or len(words) > 254:  # RFC 5321, 4.5.3.1.3
        raise BadAnswer(where, Fault.MALFORMED)
    return words


def _phone(where: str, words: str) -> str:
    """As it was written: a number without its country means what it means there. At most the 15 digits of
    E.164."""
    if not _PHONE.fullmatch(words) or not 3 <= sum(letter.isdigit() for letter in words) <= 15:
        raise BadAnswer(where, Fault.MALFORMED)
    return words


def _number(where: str, words: str) -> str:
    """With a point, whichever sign the visitor's language has."""
    plain = "".join(words.split()).replace(",", ".").replace("\u2212", "-")
    if not _NUMBER.fullmatch(plain):
        raise BadAnswer(where, Fault.MALFORMED)
    return plain


def _date(where: str, words: str) -> str:
    try:
        return date.fromisoformat(words).isoformat()
    except ValueError:
        raise BadAnswer(where, Fault.MALFORMED) from None


_CHECKS: dict[str, Callable[[str, str], str]] = {
    "text": _text,
    "long_text": _long_text,
    "email": _email,
    "phone": _phone,
    "number": _number,
    "date": _date,
}


def _line(words: str) -> str:
    return " ".join(words.split())


def _cut(words: str, most: int, where: str) -> str:
    if len(words) > most:
        raise BadAnswer(where, Fault.TOO_LONG)
    return words

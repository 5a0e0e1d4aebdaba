"""Typed rich messages and their typed answers, the same for every platform.

A card is stored as JSON (`to_json`), compiled by each adapter and comes back as a `CardAnswer`. A platform
that cannot show one gets `fallback_text`, and `answer_from_text` understands "2" or the title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import count
from typing import Any


class BadCard(ValueError):
    """The JSON is not a card; the message names the field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    id: str
    title: str
    subtitle: str = ""


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
    kind: str = field(default="list_picker", init=False)


Card = QuickReplies | ListPicker


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAnswer:
    """What the customer chose. `card_id` is the card's id, "" when the platform does not echo it."""

    card_id: str
    selected: tuple[Option, ...]


def to_json(card: Card) -> dict[str, Any]:
    return asdict(card)


def from_json(data: dict[str, Any]) -> Card:
    """Build a card from `to_json`'s form. Raises BadCard naming what is missing or wrong."""
    try:
        if data["kind"] == "quick_replies":
            return QuickReplies(
                id=_text(data, "id"), prompt=_text(data, "prompt"), options=_options(data["options"])
            )
        if data["kind"] == "list_picker":
            return ListPicker(
                id=_text(data, "id"),
                title=_text(data, "title"),
                subtitle=_text(data, "subtitle", ""),
                reply_title=_text(data, "reply_title", ""),
                sections=tuple(_section(section) for section in data["sections"]),
            )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadCard(f"card field missing or of the wrong type: {error}") from error
    raise BadCard(f"unknown kind of card: {data['kind']!r}")


def answer_to_json(answer: CardAnswer) -> dict[str, Any]:
    return asdict(answer)


def answer_from_json(data: dict[str, Any]) -> CardAnswer:
    return CardAnswer(card_id=data["card_id"], selected=_options(data["selected"]))


def options(card: Card) -> tuple[Option, ...]:
    """Every option in the order in which the customer sees them."""
    if isinstance(card, QuickReplies):
        return card.options
    return tuple(option for section in card.sections for option in section.options)


def fallback_text(card: Card) -> str:
    """The card as numbered plain text, for platforms and devices that cannot show it; loses no words."""
    numbers = count(1)
    if isinstance(card, QuickReplies):
        lines = [card.prompt, *_numbered(card.options, numbers)]
    else:
        lines = [card.title, card.subtitle]
        for section in card.sections:
            lines += [section.title, *_numbered(section.options, numbers)]
    return "\n".join(line for line in lines if line)


def answer_from_text(card: Card, text: str) -> CardAnswer | None:
    """The answer meant by an option's title or by "2" ("2.", "2)"), or None when the text is no answer."""
    wanted = text.strip().casefold()
    by_number = {str(number): option for number, option in enumerate(options(card), 1)}
    by_title = {option.title.strip().casefold(): option for option in reversed(options(card))}
    chosen = by_title.get(wanted) or by_number.get(wanted.rstrip(".)"))
    return CardAnswer(card_id=card.id, selected=(chosen,)) if wanted and chosen else None


def _numbered(choices: tuple[Option, ...], numbers: Iterator[int]) -> list[str]:
    return [f"{next(numbers)}. {_line(option)}" for option in choices]


def _line(option: Option) -> str:
    return f"{option.title} ({option.subtitle})" if option.subtitle else option.title


def _options(data: list[dict[str, Any]]) -> tuple[Option, ...]:
    return tuple(
        Option(id=_text(o, "id"), title=_text(o, "title"), subtitle=_text(o, "subtitle", "")) for o in data
    )


def _section(data: dict[str, Any]) -> Section:
    return Section(
        title=_text(data, "title", ""),
        options=_options(data["options"]),
        multiple=bool(data.get("multiple", False)),
    )


def _text(data: dict[str, Any], name: str, default: str | None = None) -> str:
    """The text under `name`; a number is taken for its digits, anything else is a TypeError."""
    value = data[name] if default is None else data.get(name, default)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError(f"{name} is not text")
    return str(value)

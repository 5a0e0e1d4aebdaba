"""Typed rich messages and their typed answers, the same for every platform.

A card is stored as JSON (`to_json`), compiled by each adapter and comes back as a `CardAnswer`. A platform
that cannot show one gets `fallback_text`, and `answer_from_text` understands "2" or the title.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
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
            return QuickReplies(id=data["id"], prompt=data["prompt"], options=_options(data["options"]))
        if data["kind"] == "list_picker":
            return ListPicker(
                id=data["id"],
                title=data["title"],
                subtitle=data.get("subtitle", ""),
                reply_title=data.get("reply_title", ""),
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
    """The card as numbered plain text, for platforms and devices that cannot show it."""
    heading = card.prompt if isinstance(card, QuickReplies) else card.title
    lines = [heading, *(f"{number}. {_line(option)}" for number, option in enumerate(options(card), 1))]
    return "\n".join(lines)


def answer_from_text(card: Card, text: str) -> CardAnswer | None:
    """The answer meant by "2" or by an option's title, or None when the text is not an answer."""
    wanted = text.strip().casefold()
    for number, option in enumerate(options(card), 1):
        if wanted in (str(number), f"{number}.", option.title.casefold()):
            return CardAnswer(card_id=card.id, selected=(option,))
    return None


def _line(option: Option) -> str:
    return f"{option.title} ({option.subtitle})" if option.subtitle else option.title


def _options(data: list[dict[str, str]]) -> tuple[Option, ...]:
    return tuple(
        Option(id=str(o["id"]), title=str(o["title"]), subtitle=str(o.get("subtitle", ""))) for o in data
    )


def _section(data: dict[str, Any]) -> Section:
    return Section(
        title=str(data.get("title", "")),
        options=_options(data["options"]),
        multiple=bool(data.get("multiple", False)),
    )

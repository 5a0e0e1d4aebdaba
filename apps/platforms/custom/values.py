"""Single values of a foreign JSON object, of the right type or an error that does not quote them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

Kind = TypeVar("Kind", bound=StrEnum)

LONGEST = 512  # characters of an id


class Wrong(ValueError):
    """In words of ours: Python's own errors quote what people wrote, and operators read this."""


def when(given: object, now: datetime) -> datetime:
    """RFC 3339 with a time zone; the present when it is left out."""
    if given is None:
        return now
    try:
        at = datetime.fromisoformat(text(given))
    except ValueError:
        raise Wrong("a time is not RFC 3339") from None
    if at.tzinfo is None:
        raise Wrong("a time has no time zone")
    return at.astimezone(UTC)


def id_of(given: object) -> str:
    found = text(given)
    if not 0 < len(found) <= LONGEST:
        raise Wrong(f"an id is empty or longer than {LONGEST} characters")
    return found


def one_of(kinds: type[Kind], given: object) -> Kind:
    """A word out of a closed set."""
    try:
        return kinds(text(given))
    except ValueError:
        raise Wrong(f"a word is none of {', '.join(kinds)}") from None


def items(given: object) -> Sequence[object]:
    return given if isinstance(given, list) else [given]


def text(given: object) -> str:
    if given is None:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise Wrong("something that must be a text is none")
    return str(given)

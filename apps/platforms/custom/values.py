"""Single values of a foreign JSON object, of the right type or an error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

LONGEST = 512  # characters of an id


def when(given: object, now: datetime) -> datetime:
    """RFC 3339 with a time zone; the present when it is left out."""
    if given is None:
        return now
    at = datetime.fromisoformat(text(given))
    if at.tzinfo is None:
        raise ValueError("a time without a time zone")
    return at.astimezone(UTC)


def id_of(given: object) -> str:
    found = text(given)
    if not 0 < len(found) <= LONGEST:
        raise ValueError("an id")
    return found


def items(given: object) -> Sequence[object]:
    return given if isinstance(given, list) else [given]


def text(given: object) -> str:
    if given is None:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise TypeError("a text")
    return str(given)

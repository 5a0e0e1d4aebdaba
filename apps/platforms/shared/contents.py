"""What stands in a customer's message when it is not as the platform documents it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from apps.platforms.base import Malformed
from apps.platforms.events import Event, Unreadable

Fields = dict[str, Any]
Raw = Mapping[str, Any]

# What reading a value of the wrong type or size raises.
BROKEN = (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError)
LONGEST = 60  # characters of a kind's name


def readable(read: Callable[[Any], Fields], content: Any, kind: str) -> Fields:
    """The fields of `MessageReceived` that `read` finds in `content`; where it cannot, the message is shown
    as unsupported under the platform's own name of its `kind`: somebody wrote, and may be asked."""
    try:
        return read(content)
    except BROKEN:
        return {"unsupported": kind[:LONGEST] or "unknown"}


def each(items: Any, read: Callable[[Any], Iterable[Event]], *, to: str) -> Iterator[Event]:
    """What `read` finds in each of `items`: one that cannot be read keeps none of the others back. Raises one
    of BROKEN when there is no list of them."""
    for item in items or ():
        try:
            yield from list(read(item))
        except BROKEN as error:
            yield unreadable(error, to=to)


def unreadable(error: Exception | str, *, to: str) -> Unreadable:
    """What says so, without a word of the content."""
    words = error if isinstance(error, str) else why(error)
    return Unreadable(to=to, address="", ref="", at=datetime.now(UTC), words=words)


def why(error: Exception) -> str:
    """A KeyError names what is missing; other errors would quote what was said."""
    return f"no {error.args[0]!r}" if isinstance(error, KeyError) and error.args else type(error).__name__


def understood(found: Sequence[Event], platform: str) -> Sequence[Event]:
    """`found`, unless nothing in it could be read. Raises Malformed then."""
    broken = [event for event in found if isinstance(event, Unreadable)]
    if broken and len(broken) == len(found):
        raise Malformed(f"not a webhook as {platform} documents it: {broken[0].words}")
    return found

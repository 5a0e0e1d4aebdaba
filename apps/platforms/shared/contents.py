"""What stands in a customer's message when it is not as the platform documents it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

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

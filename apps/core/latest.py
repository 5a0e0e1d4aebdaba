"""Until when a call may begin: whoever was stopped longer must not send what others have given up since.

A process that was stopped (a paused machine) goes on in the middle of a statement, so one look at the clock
before the call is not enough: names are resolved, connections made and tokens fetched after it. Whatever
writes to a platform asks `passed` again directly before its bytes leave.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Deadline:
    """The moment (monotonic seconds) after which nothing may begin any more."""

    at: float

    def extend(self, began: float, seconds: float) -> None:
        """To `seconds` after `began`, the moment before a lease was renewed; once passed, it stays so."""
        if began <= self.at:
            self.at = max(self.at, began + seconds)


_deadline: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Calls of this block, and of tasks that it starts, begin in time or never."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def passed() -> bool:
    """Whether it is too late to begin; never outside `until`."""
    deadline = _deadline.get()
    return deadline is not None and time.monotonic() > deadline.at

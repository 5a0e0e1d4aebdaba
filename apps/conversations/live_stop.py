"""Telling open sockets that their web process stops, so that clients know when to come back.

Daphne has no lifespan protocol. It cancels its applications when it stops, but gives up at the first
connection that is between two requests (a KeyError in `Server.kill_all_applications`), which with browsers
is always; so we hang on to the shutdown of Twisted's reactor ourselves. Under another server only the
cancelling remains.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from typing import Any

FLUSH_SECONDS = 0.3  # for the server to put the last frames on the wire
EACH_MS, ALL_MS = 20, 4000  # spreads those who come back: they are to be live again within five seconds

Goodbye = Callable[[], Awaitable[None]]

_goodbyes: set[Goodbye] = set()
_hooked = False


def add(goodbye: Goodbye) -> None:
    """Await `goodbye()` when the process stops; it should send and close. Undo with `discard`."""
    _goodbyes.add(goodbye)
    _hook()


def discard(goodbye: Goodbye) -> None:
    _goodbyes.discard(goodbye)


def come_back_ms() -> int:
    """When one of those that are told should come back: soon when they are few, never all at once."""
    return random.randrange(min(EACH_MS * len(_goodbyes), ALL_MS) + 1)


def _hook() -> None:
    global _hooked
    reactor: Any = sys.modules.get("twisted.internet.reactor")
    if reactor is not None and reactor.running and not _hooked:
        _hooked = True
        reactor.addSystemEventTrigger("before", "shutdown", _stop)


def _stop() -> Any:
    """A Deferred that holds the shutdown up until everybody was told."""
    from twisted.internet.defer import Deferred  # only where Daphne has loaded it

    return Deferred.fromFuture(asyncio.ensure_future(_tell_all()))


async def _tell_all() -> None:
    await asyncio.gather(*(goodbye() for goodbye in list(_goodbyes)), return_exceptions=True)
    await asyncio.sleep(FLUSH_SECONDS)

"""A few connections at once to one mail server: more are taken for an attack, and logins are locked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from apps.platforms.base import Throttled
from apps.platforms.email.mail_server import Server

AT_ONCE = 8  # for one process; usual servers allow ten to twenty from one address
PATIENCE = 4.0  # seconds
AGAIN = 2.0  # seconds; who waited in vain makes room for others' mail

_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, int, str], asyncio.Semaphore]] = (
    WeakKeyDictionary()
)


@asynccontextmanager
async def one(server: Server) -> AsyncIterator[None]:
    """A place among those who talk to `server` now. Raises Throttled when none became free."""
    gates = _gates.setdefault(asyncio.get_running_loop(), {})
    gate = gates.setdefault((server.host, server.port, server.user), asyncio.Semaphore(AT_ONCE))
    try:
        async with asyncio.timeout(PATIENCE):
            await gate.acquire()
    except TimeoutError:
        words = "other mails are being handed in"
        raise Throttled(words, retry_after=AGAIN, code="in_line", only_this_address=True) from None
    try:
        yield
    finally:
        gate.release()

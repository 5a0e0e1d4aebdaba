"""Threads of requests: so many at work at once, each kept with its connection.

Django gives each request a thread of its own, and with it a connection that nobody closes when the thread
ends. Python's threads share one processor: the more are at work, the later all of them are done, the event
loop and the sockets among them, and the more of them there are soon (docs/decisions/0021).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

AT_WORK = 4  # at once; others wait for their turn
PATIENCE = 2.0  # seconds after which somebody at work is taken to wait for something else than the processor

P = ParamSpec("P")
T = TypeVar("T")


class Threads:
    """Used on one event loop."""

    def __init__(self, at_work: int = AT_WORK, patience: float = PATIENCE) -> None:
        self._places, self._kept, self._patience = at_work, at_work, patience
        self._idle: list[ThreadPoolExecutor] = []
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """`function` on a thread whose connections are usable, in a copy of our context; first come, first
        served. Cancelled while it waits it is never begun; afterwards it goes on, and nobody learns how it
        ends."""
        await self._turn()
        place = _Place(self, asyncio.get_running_loop())
        context = copy_context()
        return await asyncio.wrap_future(place.begin(lambda: context.run(function, *arguments, **named)))

    async def _turn(self) -> None:
        if self._places > 0 and not self._waiting:
            self._places -= 1
            return
        waits: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waits)
        try:
            await waits
        except asyncio.CancelledError:
            if waits.done() and not waits.cancelled():  # called up in the same moment
                self._free()
            raise

    def _free(self) -> None:
        """A place is free: for the next who waits, or for whoever comes."""
        while self._waiting:
            waits = self._waiting.popleft()
            if not waits.done():
                waits.set_result(None)
                return
        self._places += 1

    def _take(self) -> ThreadPoolExecutor:
        return self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="request")

    def _give_back(self, thread: ThreadPoolExecutor) -> None:
        """Kept, unless there are as many as can be at work."""
        if len(self._idle) < self._kept:
            self._idle.append(thread)
        else:
            thread.submit(connections.close_all)
            thread.shutdown(wait=False)


class _Place:
    """One at work. Its place goes to another when it is done or takes long, its thread when it is done."""

    def __init__(self, threads: Threads, loop: asyncio.AbstractEventLoop) -> None:
        self._threads, self._loop = threads, loop
        self._thread = threads._take()
        self._takes_long = loop.call_later(threads._patience, self._leave)
        self._left = False

    def begin(self, function: Callable[[], T]) -> Future[T]:
        future = self._thread.submit(_with_connections, function)
        future.add_done_callback(self._done)
        return future

    def _done(self, _: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._takes_long.cancel()
        self._leave()
        self._threads._give_back(self._thread)

    def _leave(self) -> None:
        if not self._left:
            self._left = True
            self._threads._free()


def _with_connections(function: Callable[[], T]) -> T:
    """As Django does around a request; its own signals come on another thread."""
    close_old_connections()
    try:
        return function()
    finally:
        close_old_connections()

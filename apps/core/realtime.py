"""Hints over the channel layer and the broker: names, and a courier that never lets anybody wait.

Group names are built here and nowhere else, from ids of the server's own (never from a client's text).
One thread per process sends; equal hints that have not gone out yet become one. When Redis is away they
are dropped: every reader polls as well (invariant I4).
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Hashable
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

SECONDS = 2.0  # for one hint; a Redis that does not answer must not hold the others up
LAST_SECONDS = 3.0  # for those that wait when the process ends


def tenant_group(tenant_id: UUID) -> str:
    return f"t.{tenant_id.hex}"


def user_group(user_id: UUID) -> str:
    return f"user.{user_id.hex}"


def hint(group: str, message: dict[str, Any], *, key: Hashable = None) -> None:
    """Send `message` (with a "type") to a group, soon and at most once; returns at once.

    A hint with the same `key` that still waits is replaced by this one.
    """
    layer = get_channel_layer()
    if layer is not None:
        courier.put(key or object(), lambda: layer.group_send(group, message))


Send = Callable[[], Coroutine[Any, Any, Any] | object]


class Courier:
    """A daemon thread with its own event loop that runs what it is given, in order, newest per key."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, Send] = {}
        self._news = threading.Condition()
        self._process = 0
        self._thread: threading.Thread | None = None
        self._over = False

    def put(self, key: Hashable, send: Send) -> None:
        """Run `send` (a function, or one that returns a coroutine) soon; its failure is only logged."""
        with self._news:
            self._waiting.pop(key, None)
            self._waiting[key] = send
            if self._process != os.getpid():  # first use, or a fork that left the thread behind
                self._process = os.getpid()
                self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
                self._thread.start()
            self._news.notify()

    def finish(self, seconds: float | None = None) -> None:
        """Send what waits and end the thread, or give up after `seconds` (3); for the end of the process.

        A thread that the interpreter kills keeps the locks that it holds, and the library of Redis wants
        them once more when its objects go: the process would never end.
        """
        if self._thread is None or self._process != os.getpid():
            return
        with self._news:
            self._over = True
            self._news.notify()
        self._thread.join(LAST_SECONDS if seconds is None else seconds)

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        while waiting := self._next():
            for send in waiting.values():
                _try(loop, send)
        loop.close()

    def _next(self) -> dict[Hashable, Send]:
        """What waits, as soon as something does; {} when nothing will come any more."""
        with self._news:
            self._news.wait_for(lambda: bool(self._waiting) or self._over)
            waiting, self._waiting = self._waiting, {}
            return waiting


def _try(loop: asyncio.AbstractEventLoop, send: Send) -> None:
    try:
        result = send()
        if asyncio.iscoroutine(result):
            loop.run_until_complete(asyncio.wait_for(result, SECONDS))
    except Exception as error:  # any broken Redis: hints are disposable
        log.warning("hint not sent: %s", type(error).__name__)


courier = Courier()
atexit.register(courier.finish)

"""Threads of requests that are kept with their connections, and ended with them when they are too many.

Django gives each request a thread of its own, and with it a connection that nobody closes when the thread
ends: it stays until Python's garbage collector comes by. Under load, most of all after connections to the
database broke, that used up everything PostgreSQL has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.db import connections

KEPT = 4  # idle, each with a connection; as many requests as come have one while they are answered

Application = Callable[..., Awaitable[None]]


class KeepThreads:
    """ASGI around Django's handler, which takes the thread that it finds instead of making one. The thread
    of a request that was cut off ends: what it was doing then is not known."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._idle: list[Executor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        whole = False
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._application(scope, receive, send)
            whole = True
        finally:
            if whole and len(self._idle) < KEPT:
                self._idle.append(thread)
            else:
                _end(thread)


def _end(thread: Executor) -> None:
    """After what it still does. Its connections go with it."""
    thread.submit(connections.close_all)
    thread.shutdown(wait=False)

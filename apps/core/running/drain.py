"""Stopping the web process without a failed request.

Nothing is accepted any more; what waits in the listening socket's queue is for the next process, when
whoever started us keeps that socket (docs/running.md, "Stopping and restarting"). What is being answered is
answered, with `Connection: close`. A connection between two requests stays open for a moment, because its
next request may be on the wire already; a socket is not opened on it any more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

from daphne.http_protocol import WebRequest

LONGEST = 10.0  # seconds for what is being answered
LINGER = 1.0  # seconds without any request before idle connections are closed
LOOK = 0.05

Connections = Mapping[Any, Mapping[str, Any]]


class Drain:
    """`ports` is where we listen, `channels` the HTTP connections that have asked something."""

    def __init__(self) -> None:
        self.begun = False
        self.ports: list[Any] = []
        self.channels: WeakSet[Any] = WeakSet()

    async def finish(self, connections: Connections) -> None:
        """Return when everything is answered and closed, or after LONGEST; then end what still runs."""
        self.begun = True
        for port in self.ports:
            port.stopListening()
        await self._wait(connections)
        for channel in list(self.channels):
            if channel.transport is not None:
                channel.transport.loseConnection()
        await _end_all(connections)

    def last_answer(self, request: Any, start: Mapping[str, Any]) -> Mapping[str, Any]:
        """The beginning of an answer after which the client must connect anew."""
        if not isinstance(request, WebRequest) or request.channel is None:
            return start
        request.channel.persistent = False
        kept = [pair for pair in start.get("headers", []) if pair[0].lower() != b"connection"]
        return {**start, "headers": [*kept, (b"Connection", b"close")]}

    async def _wait(self, connections: Connections) -> None:
        end = time.monotonic() + LONGEST
        quiet_since = time.monotonic()
        while time.monotonic() < end:
            if any(_is_answering(protocol, facts) for protocol, facts in connections.items()):
                quiet_since = time.monotonic()
            elif time.monotonic() - quiet_since > LINGER or not self._open():
                return
            await asyncio.sleep(LOOK)

    def _open(self) -> bool:
        return any(channel.transport is not None for channel in self.channels)


def _is_answering(protocol: Any, facts: Mapping[str, Any]) -> bool:
    if not isinstance(protocol, WebRequest) or facts.get("disconnected"):
        return False
    application = facts.get("application_instance")
    return application is None or not application.done()


async def _end_all(connections: Connections) -> None:
    """Sockets' applications were told before (conversations.live_stop)."""
    left = [
        facts["application_instance"] for facts in connections.values() if "application_instance" in facts
    ]
    for application in left:
        application.cancel()
    await asyncio.gather(*left, return_exceptions=True)

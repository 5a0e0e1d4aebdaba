"""Daphne for files of a hundred megabytes: `python -m apps.core.running.web` takes daphne's own arguments.

As it comes, it parses every uploaded form in memory before Django does so from disk (twelve times the
upload), takes from the application whatever it is given however slowly the other side reads, and cuts what
it is answering when it stops (`drain.py` is how we stop).
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import Any

import daphne.server
from daphne.cli import CommandLineInterface
from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.defer import Deferred

from apps.core.running.drain import Drain
from apps.core.running.ready import say_ready
from apps.core.running.short_way import Factory
from apps.core.running.websockets import lift_limits, offer_write

CHUNK = 256 * 1024  # bytes of an upload handed to Django at once; this large they are given back when freed


class Pace:
    """Told by the connection when its buffer is full and when there is room again (an IPushProducer)."""

    def __init__(self) -> None:
        self._room = asyncio.Event()
        self._room.set()

    async def wait(self) -> None:
        await self._room.wait()

    def pauseProducing(self) -> None:
        self._room.clear()

    def resumeProducing(self) -> None:
        self._room.set()

    def stopProducing(self) -> None:
        """The other side has gone: what is still written goes nowhere and need not wait."""
        self._room.set()


class WebServer(Server):  # type: ignore[misc]  # daphne has no types
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, request_buffer_size=CHUNK, **options)
        self.drain = Drain()

    def run(self) -> None:
        daphne.server.HTTPFactory = Factory  # daphne leaves no other way to name it
        super().run()

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        self.drain.ports.append(port)
        say_ready()

    def kill_all_applications(self) -> Any:
        """Called when the process is to stop: finish what is being answered first."""
        finished = Deferred.fromFuture(asyncio.ensure_future(self.drain.finish(self.connections)))
        return finished.addErrback(lambda _: None)

    def protocol_connected(self, protocol: Any) -> None:
        """Called by each request as soon as it is made."""
        super().protocol_connected(protocol)
        if isinstance(protocol, WebRequest):
            self.drain.channels.add(protocol.channel)
            # What the constructor calls parsePOSTFormSubmission; daphne leaves no way to pass it.
            protocol._parsePOSTFormSubmission = False

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, WebSocketProtocol):
            offer_write(protocol, scope)
            lift_limits(protocol)
        return super().create_application(protocol, scope)

    async def handle_reply(self, protocol: Any, message: Mapping[str, Any]) -> None:
        """Give one message of the application to the connection; return when that has room for another."""
        if message["type"] == "http.response.start":
            message = self.last_words(protocol, message)
        if not isinstance(protocol, WebRequest) or message["type"] != "http.response.body":
            await super().handle_reply(protocol, message)
            return
        pace = _pace_of(protocol) if message.get("more_body") else None
        if pace is None and protocol.producer and protocol.channel:
            protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if pace is not None:
            await pace.wait()

    def last_words(self, protocol: Any, start: Mapping[str, Any]) -> Mapping[str, Any]:
        """The beginning of an answer; while we stop, one after which the client connects anew."""
        return self.drain.last_answer(protocol, start) if self.drain.begun else start

    def forget(self, protocol: Any) -> None:
        """What `application_checker` does once a second with all that is finished."""
        if "disconnected" in self.connections.get(protocol, ()):
            del self.connections[protocol]


def _pace_of(request: Any) -> Pace | None:
    """The request's pace, None when its connection has gone."""
    if request.producer is None and request.channel is not None:
        request.registerProducer(Pace(), True)
    pace = request.producer
    return pace if isinstance(pace, Pace) else None


class WebInterface(CommandLineInterface):  # type: ignore[misc]
    server_class = WebServer


def on_the_socket_given(arguments: list[str]) -> list[str]:
    """Daphne's arguments with the listening socket that we were started with, if we were, in place of address
    and port (bin/up, systemd)."""
    if "LISTENS_ON_GIVEN" not in os.environ:  # LISTEN_PID is gone: Twisted took it when it was imported
        return arguments
    words = iter(arguments)
    kept = [word for word in words if word not in ("-b", "-p") or not next(words)]
    return ["-e", "systemd:domain=INET:index=0", *kept]


if __name__ == "__main__":
    WebInterface().run(on_the_socket_given(sys.argv[1:]))

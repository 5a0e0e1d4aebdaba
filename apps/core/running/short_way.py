"""A platform's request on daphne, without most of what daphne does for each request.

Daphne gives every request a queue, a coroutine per message of its answer and a line for an access log, and
looks for finished ones once a second: a third of a webhook's processor time. A webhook is one body and one
short answer, so below /hooks/ the application is run at once with the body, and the request is forgotten when
it is answered (docs/decisions/0020). What daphne refuses is refused alike; everything else goes its way.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from daphne.http_protocol import (
    HEADER_NAME_RE,
    INVALID_HEADER_VALUE_BYTES,
    HTTPFactory,
    WebRequest,
)
from daphne.utils import parse_x_forwarded_for

from apps.core.request_ids import HOOKS

log = logging.getLogger(__name__)

PREFIX = HOOKS.encode()
COME_ANEW = {"status": 503, "headers": [(b"Retry-After", b"0")]}
Message = Mapping[str, Any]
Headers = list[tuple[bytes, bytes]]


class Refused(Exception):
    """What no HTTP server passes on; the words say why."""


class Exchange:
    """A request that has arrived whole, and its answer, as an ASGI application sees them. It stands in for
    daphne's queue, which tells it that the client has gone."""

    __slots__ = ("_arrived", "_gone", "_request", "_start")

    def __init__(self, request: Request) -> None:
        self._request, self._arrived = request, False
        self._gone: asyncio.Future[None] | None = None
        self._start: Message | None = None

    async def receive(self) -> Message:
        """The body, once; after that this waits until the client goes or the answer is written."""
        if not self._arrived:
            self._arrived = True
            return {"type": "http.request", "body": self._request.content.read(), "more_body": False}
        if self._gone is None:
            self._gone = asyncio.get_running_loop().create_future()
            if self._request.finished or self._request.channel is None:
                self._gone.set_result(None)
        await asyncio.shield(self._gone)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """The first part waits for the second: an answer of one piece is written at once. Any other goes
        daphne's way, which waits for slow readers."""
        start, self._start = self._start, None
        if message["type"] == "http.response.start":
            self._start = message
        elif start is not None and not message.get("more_body"):
            self._request.answer(start, message.get("body", b""))
        else:
            for part in (start, message):
                if part is not None:
                    await self._request.server.handle_reply(self._request, part)

    def put_nowait(self, message: Message) -> None:
        """Daphne's only word after the body: the client has gone, or all is answered."""
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    def done(self, application: asyncio.Task[None]) -> None:
        """Forget what was answered; what failed is for daphne to log and to answer."""
        if not application.cancelled() and application.exception() is None:
            self._request.server.forget(self._request)


class Request(WebRequest):  # type: ignore[misc]  # daphne has no types
    def process(self) -> Any:
        if self.server.drain.begun and self._is_for_a_socket():
            self.answer(COME_ANEW, b"")  # on a kept connection: the process in our place takes new ones
            return None
        if not self.path.startswith(PREFIX):
            return super().process()
        self.request_start = time.time()
        try:
            self._run(self._scope())
        except Refused as error:
            self.basic_error(400, b"Bad Request", str(error))
        except Exception:
            log.exception("a request below %s", HOOKS)
            self.basic_error(500, b"Internal Server Error", "Daphne HTTP processing error")
        return None

    def _is_for_a_socket(self) -> bool:
        wanted: bytes = self.requestHeaders.getRawHeaders(b"Upgrade", [b""])[0]
        return wanted.lower() == b"websocket"

    def answer(self, start: Message, body: bytes) -> None:
        """Write a whole answer, unless the client has gone."""
        if self.finished or self.channel is None or self._disconnected:
            return
        start = self.server.last_words(self, start)
        self._response_started = True
        self.setResponseCode(start["status"])
        for name, value in start["headers"]:
            self.responseHeaders.addRawHeader(name, value)
        if self.server.server_name and not self.responseHeaders.hasHeader("server"):
            self.setHeader(b"server", self.server.server_name.encode())
        self.write(body)
        self.finish()

    def _run(self, scope: dict[str, Any]) -> None:
        exchange = self.application_queue = Exchange(self)
        application = self.server.application(scope=scope, receive=exchange.receive, send=exchange.send)
        task = asyncio.get_running_loop().create_task(application)
        self.server.connections[self]["application_instance"] = task
        task.add_done_callback(exchange.done)

    def _scope(self) -> dict[str, Any]:
        """As daphne makes it, but for the client's address where no proxy names it, and a root path that a
        header names. Raises Refused."""
        headers = self._headers()
        client, scheme = None, "https" if self.isSecure() else "http"
        if self.server.proxy_forwarded_address_header:
            client, scheme = parse_x_forwarded_for(
                self.requestHeaders,
                self.server.proxy_forwarded_address_header,
                self.server.proxy_forwarded_port_header,
                self.server.proxy_forwarded_proto_header,
                client,
                scheme,
            )
        query = self.uri.partition(b"?")[2]
        if not query.isascii():
            raise Refused("Invalid query string")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": self.clientproto.rpartition(b"/")[2].decode("ascii"),
            "method": self.method.decode("ascii"),
            "path": unquote(_ascii(self.path)),
            "raw_path": self.path,
            "root_path": self.server.root_path,
            "scheme": scheme,
            "query_string": query,
            "headers": headers,
            "client": client,
            "server": None,
        }

    def _headers(self) -> Headers:
        """Without those that could pose as others (CVE-2015-0219). Raises Refused."""
        kept: Headers = []
        for name, values in self.requestHeaders.getAllRawHeaders():
            if not HEADER_NAME_RE.fullmatch(name):
                raise Refused("Invalid header name")
            for value in values:
                if INVALID_HEADER_VALUE_BYTES.intersection(value):
                    raise Refused("Invalid header value")
                if b"_" not in name:
                    kept.append((name.lower(), value))
        return kept


class Factory(HTTPFactory):  # type: ignore[misc]
    """Makes requests of ours."""

    def buildProtocol(self, addr: Any) -> Any:
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = Request
        return protocol

    def log(self, request: Any) -> None:
        """Twisted composes a line for every request, which daphne throws away unless told to be wordy."""
        if self.server.verbosity > 1:
            super().log(request)


def _ascii(path: bytes) -> str:
    try:
        return path.decode("ascii")
    except UnicodeDecodeError:
        raise Refused("Invalid characters in path") from None

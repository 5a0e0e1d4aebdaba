"""The console's socket at /<tenant>/inbox/live/: a shell that admits, parses and hands over to the hub."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError
from django.http.cookie import parse_cookie

from apps.console.live import access, protocol
from apps.console.live.hub import Hub, hub_of
from apps.console.live.protocol import Hello, Ping, Typing, Watch
from apps.console.live.seat import Seat
from apps.conversations import live_stop
from apps.conversations.live import in_database
from apps.core.sockets.frames import BadFrame, Close, pack
from apps.core.sockets.outbox import Outbox
from apps.core.sockets.pace import Pace
from apps.core.sockets.wire import offered

log = logging.getLogger(__name__)

HELLO_SECONDS = 10.0


class InboxSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One per open page. Agents write by POST; here they only listen, look and type."""

    channel_layer_alias = "none"  # the tenant's follower hears for all sockets, so one works without Redis

    seat: Seat | None = None
    hub: Hub | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._hello: asyncio.TimerHandle | None = None
        self._pace = Pace()
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            await self._say_restart()
            await asyncio.sleep(live_stop.FLUSH_SECONDS)
            raise
        finally:
            self._leave()

    async def connect(self) -> None:
        """Accept before refusing, because a browser cannot tell a refused handshake from a dead server."""
        headers = {name: value.decode("latin-1") for name, value in self.scope["headers"]}
        cookies = parse_cookie(headers.get(b"cookie", ""))
        session_key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        slug = self.scope["url_route"]["kwargs"]["tenant"]
        await self.accept()
        try:
            found = await in_database(access.admit)(session_key, slug)
        except DatabaseError:
            await self._end(Close.RESTART)
            return
        if found is None:
            await self._end(Close.NOT_FOUND)
            return
        language = access.language_of(cookies, headers.get(b"accept-language", ""))
        outbox = Outbox(self.send, self._end, slow=Close.SLOW, write=offered(self.scope))
        self.seat = Seat(found, language, outbox)
        live_stop.add(self._say_restart)
        self._hello = asyncio.get_running_loop().call_later(HELLO_SECONDS, self.seat.close, Close.NO_HELLO)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        seat = self.seat
        if seat is None or seat.outbox.closed:
            return
        if not self._pace.allows():
            seat.close(Close.TOO_FAST)
            return
        try:
            await self._obey(protocol.parse(text_data), seat)
        except BadFrame as error:
            seat.refuse(error.code)
        except Exception:
            log.exception("socket request %s failed", seat.refuse("server_error"))

    async def _obey(self, frame: protocol.Frame, seat: Seat) -> None:
        if isinstance(frame, Hello):
            self._greet(frame, seat)
        elif self.hub is None:
            raise BadFrame("hello_first")
        elif isinstance(frame, Watch):
            if not await self.hub.watch(seat, frame.conversation, cursor=frame.cursor):
                raise BadFrame("not_found")
        elif isinstance(frame, Typing):
            self.hub.company.types(seat, frame.on)
        elif isinstance(frame, Ping):
            seat.outbox.arrived(frame.got)
            self.hub.company.stays(seat)
            seat.put("pong", cursor=seat.position)

    def _greet(self, hello: Hello, seat: Seat) -> None:
        if self.hub is not None or self._hello is None:
            raise BadFrame("hello_twice")
        self._hello.cancel()
        self.hub = hub_of(seat.access.tenant_id)
        # In a task of its own: while it waits for room in the window, this socket's pings must be read.
        self._start(self.hub.enter(seat, cursor=hello.cursor, watch=hello.watch))

    async def _end(self, code: int) -> None:
        await self.close(int(code))  # autobahn takes no subclass of int

    def _start(self, work: Any) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _leave(self) -> None:
        live_stop.discard(self._say_restart)
        if self._hello is not None:
            self._hello.cancel()
        for task in self._tasks:
            task.cancel()
        if self.seat is not None:
            self.seat.outbox.cancel()
        if self.hub is not None and self.seat is not None:
            self.hub.leave(self.seat)

    async def _say_restart(self) -> None:
        """The server stops: everybody comes back, but not all at the same moment."""
        if self.seat is None or self.seat.outbox.closed:
            return
        await self.send(pack("restart", after_ms=live_stop.come_back_ms()))
        self.seat.outbox.closed = True
        await self._end(Close.RESTART)

"""The visitors' socket at /widget/v1/live/: a shell that admits, parses and hands over to the hub.

No cookie counts here and nothing in the address: the token comes in the first frame.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseError

from apps.conversations.live import in_database
from apps.core import tenancy
from apps.core.sockets.frames import BadFrame, Close, pack
from apps.core.sockets.outbox import Outbox
from apps.core.sockets.pace import Pace
from apps.core.sockets.wire import offered
from apps.widget import doors, origins, say
from apps.widget.answers import NoSession
from apps.widget.limits import REQUESTS_PER_ADDRESS, TooOften, buckets
from apps.widget.live import frames
from apps.widget.live.frames import Hello, Ping, Typing
from apps.widget.live.hub import Hub, hub_of
from apps.widget.live.seat import Seat
from apps.widget.models import Visitor
from apps.widget.protocol import visitor_with

log = logging.getLogger(__name__)

HELLO_SECONDS = 10.0


class VisitorSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One per open panel. Visitors write by POST; here they listen and type."""

    channel_layer_alias = "none"  # the tenant's follower hears for all sockets, so one works without Redis

    seat: Seat | None = None
    hub: Hub | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._tasks: list[asyncio.Task[None]] = []
        self._pace = Pace()
        self._outbox = Outbox(self.send, self.close, slow=Close.SLOW, write=offered(scope))
        try:
            await super().__call__(scope, receive, send)
        finally:
            for task in self._tasks:
                task.cancel()
            self._outbox.cancel()
            if self.hub is not None and self.seat is not None:
                self.hub.leave(self.seat)

    async def connect(self) -> None:
        headers = dict(self.scope["headers"])
        given = headers.get(b"origin")
        self._origin = given.decode("latin-1") if given is not None else None
        if self._origin is not None and not self._origin.startswith(("https://", "http://")):
            await self.close()  # "null" and worse: not even a handshake
            return
        await self.accept()
        self._start(self._impatience())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._outbox.closed:
            return
        if not self._pace.allows():
            self._outbox.close(Close.TOO_FAST)
            return
        try:
            await self._obey(frames.parse(text_data))
        except BadFrame as error:
            self._refuse(error.code)
        except Exception:
            log.exception("visitor's socket request %s failed", self._refuse("server_error"))

    async def _obey(self, frame: frames.Frame) -> None:
        if isinstance(frame, Hello):
            await self._greet(frame)
        elif self.seat is None:
            raise BadFrame("hello_first")
        elif isinstance(frame, Typing):
            await in_database(_types)(self.seat.visitor, frame.on)
        elif isinstance(frame, Ping):
            self._outbox.arrived(frame.got)
            self.seat.put("pong")

    async def _greet(self, hello: Hello) -> None:
        if self.seat is not None:
            raise BadFrame("hello_twice")
        try:
            buckets.take(REQUESTS_PER_ADDRESS, str((self.scope.get("client") or [""])[0]))
        except TooOften:
            self._outbox.close(Close.TOO_FAST)
            return
        try:
            visitor = await in_database(_admit)(hello.token, self._origin)
        except DatabaseError:
            self._outbox.close(Close.RESTART)
            return
        if visitor is None:
            self._outbox.close(Close.NOT_FOUND)
            return
        self.seat = Seat(visitor, self._origin, self._outbox)
        self.hub = hub_of(visitor.home)
        # In a task of its own, so that this socket's next frames are read meanwhile.
        self._start(self.hub.enter(self.seat, cursor=hello.cursor))

    async def _impatience(self) -> None:
        await asyncio.sleep(HELLO_SECONDS)
        if self.seat is None:
            self._outbox.close(Close.NO_HELLO)

    def _refuse(self, code: str) -> str:
        """Tell the client a code and a number to ask about, and nothing else (RELIABILITY S4)."""
        request_id = secrets.token_hex(6)
        self._outbox.put(pack("error", code=code, request_id=request_id))
        return request_id

    def _start(self, work: Any) -> None:
        self._tasks.append(asyncio.create_task(work))


def _admit(token: str, origin: str | None) -> Visitor | None:
    """None for a token that is not good and for a site that may not: alike."""
    place = doors.visitor_for(token)
    if place is None:
        return None
    with tenancy.scope(place.tenant_id):
        try:
            visitor = visitor_with(token)
        except NoSession:
            return None
        return visitor if origins.may_call(visitor.entry_point, origin) else None


def _types(visitor: Visitor, on: bool) -> None:
    with tenancy.scope(visitor.home):
        say.type_(visitor, on)

"""An agent's open page in a test: a socket on the real application, and what its frames made of it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from apps.conversations import stream
from apps.conversations.live import in_database
from apps.conversations.receive import receive
from apps.core import tenancy
from config.sockets import websocket
from tests.worlds import Side, said, signed_in

SECONDS = 8.0
ACK_FRAMES, ACK_CHARS = 64, 128 * 1024  # as static/js/live/connection.js does it


class Ended(Exception):
    """The server closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Page:
    """`thread` counts what was appended, by element id; `rows` is the list by conversation."""

    socket: WebsocketCommunicator
    got: int = 0
    acked: int = 0
    chars: int = 0
    cursor: int = 0
    thread: Counter[str] = field(default_factory=Counter)
    rows: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    frames: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    async def open(cls, client: Client, slug: str, **headers: str) -> Self:
        """Connected, nothing said yet."""
        page = cls(dial(client, slug, **headers))
        await page.socket.send_input({"type": "websocket.connect"})
        accepted = await asyncio.wait_for(page.socket.output_queue.get(), SECONDS)
        assert accepted["type"] == "websocket.accept"
        return page

    @classmethod
    async def at(
        cls, client: Client, side: Side, *, cursor: int | None = None, watch: UUID | None = None
    ) -> Self:
        """Connected and live, from `cursor` or from now."""
        page = await cls.open(client, side.slug)
        start = await work(head, side) if cursor is None else cursor
        await page.say("hello", cursor=start, watch=str(watch) if watch else None, view="mine")
        await page.until("ready")
        return page

    async def say(self, op: str, **facts: Any) -> None:
        await self.raw(json.dumps({"op": op, **facts}))

    async def raw(self, text: str) -> None:
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def next(self, seconds: float = SECONDS) -> dict[str, Any]:
        """The next frame, applied. Raises Ended, or TimeoutError when the server is silent."""
        message = await asyncio.wait_for(self.socket.output_queue.get(), seconds)
        if message["type"] == "websocket.close":
            raise Ended(message.get("code", 1000))
        frame: dict[str, Any] = json.loads(message["text"])
        self.frames.append(frame)
        self._apply(frame)
        await self._acknowledge(len(message["text"]))
        return frame

    async def until(self, op: str, **facts: Any) -> dict[str, Any]:
        """Read on to the first frame of that kind."""
        while True:
            frame = await self.next()
            if frame["op"] == op and all(frame.get(name) == value for name, value in facts.items()):
                return frame

    async def reads(self, seen: Callable[[Self], bool]) -> None:
        """Read on until the page shows it."""
        while not seen(self):
            await self.next()

    async def ended(self) -> int:
        """Read to the end; the close code."""
        while True:
            try:
                await self.next()
            except Ended as end:
                return end.code

    async def silent(self, seconds: float) -> list[dict[str, Any]]:
        """What comes within `seconds`."""
        found = []
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            try:
                found.append(await self.next(left))
            except TimeoutError:
                break
        return found

    async def leave(self) -> None:
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.socket.wait()

    async def _acknowledge(self, chars: int) -> None:
        self.got += 1
        self.chars += chars
        if self.got - self.acked >= ACK_FRAMES or self.chars >= ACK_CHARS:
            await self.say("ping", got=self.got)
            self.acked, self.chars = self.got, 0

    def _apply(self, frame: dict[str, Any]) -> None:
        self.cursor = frame.get("seq", frame.get("cursor", self.cursor))
        self.counts.update(frame.get("counts", {}))
        for piece in frame.get("frames", []):
            if piece["a"] == "remove":
                self.removed.add(piece["t"])
                self.rows.discard(piece["t"])
            elif piece["r"] == "list":
                self.rows.add(piece["t"])
            elif piece["a"] == "append":
                self.thread[piece["t"]] += 1


def dial(client: Client, slug: str, **headers: str) -> WebsocketCommunicator:
    """A handshake with the browser's cookies; `origin` "" sends none."""
    given = {"origin": settings.BASE_URL, "cookie": cookies(client), **headers}
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in given.items() if value]
    return WebsocketCommunicator(websocket, f"/{slug}/inbox/live/", headers=pairs)


def cookies(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


async def work(function: Callable[..., Any], *arguments: Any) -> Any:
    """Database work of a test, off the event loop."""
    return await in_database(function)(*arguments)


def head(side: Side) -> int:
    with tenancy.scope(side.id):
        return stream.head()


def customer_says(side: Side, text: str, address: str = "visitor-1", tag: str = "adsl") -> str:
    """A customer's message, committed; the id of its element on the page."""
    with tenancy.scope(side.id):
        message = receive(side.channel, said(text, to=side.channel.address, address=address, tag=tag))
        assert message is not None
        return f"m-{message.pk}"


def agent_of(side: Side) -> Client:
    return signed_in(side.agent)


def owner_of(side: Side) -> Client:
    return signed_in(side.owner)

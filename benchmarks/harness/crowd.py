"""A thousand sockets in one process that costs next to nothing: frames are counted, not understood.

Both sides of a comparison are heard by the same crowd, so its share of the cores is the same.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
MARK = re.compile(rb"mark-(\d+)-")
ACKNOWLEDGE, ACKNOWLEDGE_BYTES = 64, 128 * 1024  # frames; the console's protocol asks for both
AT_ONCE = 50  # handshakes


class Ear(asyncio.Protocol):
    """One socket (RFC 6455, no extensions). `frames` counts those that carry pages' pieces."""

    def __init__(self, crowd: Crowd, cookie: str) -> None:
        self.crowd, self.cookie = crowd, cookie
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.got = self.frames = self._unsaid = self._unsaid_bytes = 0
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        place = urlsplit(self.crowd.url)
        lines = (
            f"GET {place.path} HTTP/1.1",
            f"Host: {place.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
            f"Origin: {self.crowd.origin}",
            f"Cookie: {self.cookie}",
        )
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def connection_lost(self, error: Exception | None) -> None:
        for waiting in (self.opened, self.ready):
            waiting.cancel()

    def data_received(self, data: bytes) -> None:
        buffer = self._rest + data if self._rest else data
        if not self.opened.done():
            head, end, buffer = buffer.partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if b" 101 " not in head[:20]:
                self._transport.close()
                return
            self.opened.set_result(None)
            if self.crowd.hello:
                self.say(self.crowd.hello)
        self._rest = self._take(buffer)

    def say(self, text: str, *, opcode: int = TEXT) -> None:
        """One masked frame; the mask is zero, which leaves the words as they are."""
        words = text.encode()
        size = bytes([0x80 | len(words)]) if len(words) < 126 else b"\xfe" + len(words).to_bytes(2, "big")
        self._transport.write(bytes([0x80 | opcode]) + size + b"\0\0\0\0" + words)

    def close(self) -> None:
        self._transport.abort()

    def _take(self, buffer: bytes) -> bytes:
        """Handle the whole frames in `buffer`; what is left of it."""
        at, end = 0, len(buffer)
        while end - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size > 125:
                start += 2 if size == 126 else 8
                size = int.from_bytes(buffer[at + 2 : start], "big")
            if start > end or start + size > end:
                break
            self._frame(buffer[at] & 0x0F, buffer[start : start + size])
            at = start + size
        return buffer[at:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self.say(payload.decode("latin-1"), opcode=PONG)
        if opcode == CLOSE:
            self.crowd.refused.append(int.from_bytes(payload[:2], "big"))
            self._transport.close()
        if opcode != TEXT:
            return
        self.got += 1
        if payload.startswith(b'{"op":"frames"'):
            self.frames += 1
            self.crowd.heard(payload)
        elif payload.startswith(b'{"op":"ready"') and not self.ready.done():
            self.ready.set_result(None)
        if self.crowd.hello:  # the bare loop would pass it on to everybody
            self._acknowledge(len(payload))

    def _acknowledge(self, size: int) -> None:
        self._unsaid, self._unsaid_bytes = self._unsaid + 1, self._unsaid_bytes + size
        if self._unsaid >= ACKNOWLEDGE or self._unsaid_bytes >= ACKNOWLEDGE_BYTES:
            self._unsaid = self._unsaid_bytes = 0
            self.say(json.dumps({"op": "ping", "got": self.got}))


class Crowd:
    """Many ears at one address. `at` are the times at which a mark was heard, by mark, in any ear."""

    def __init__(self, url: str, *, origin: str) -> None:
        self.url, self.origin = url, origin
        self.ears: list[Ear] = []
        self.at: dict[int, list[float]] = defaultdict(list)
        self.sample = b""
        self.hello = ""
        self.refused: list[int] = []  # the codes with which the server closed

    async def enter(self, cookies: Sequence[str], cursor: int) -> None:
        """One more ear for each cookie, which says hello as the console's page does; returns when all are
        live. Raises CancelledError when one is refused."""
        self.hello = json.dumps({"op": "hello", "cursor": cursor, "watch": None, "view": "mine"})
        await self.open(cookies)
        await asyncio.gather(*(ear.ready for ear in self.ears))

    async def open(self, cookies: Sequence[str]) -> None:
        """One more ear for each cookie. Raises CancelledError when one is refused."""
        place, loop = urlsplit(self.url), asyncio.get_running_loop()
        for start in range(0, len(cookies), AT_ONCE):
            some = [Ear(self, cookie) for cookie in cookies[start : start + AT_ONCE]]
            for ear in some:
                await loop.create_connection(partial(_same, ear), str(place.hostname), place.port or 80)
            await asyncio.gather(*(ear.opened for ear in some))
            self.ears += some

    def heard(self, payload: bytes) -> None:
        now = time.perf_counter()
        for mark in MARK.findall(payload):
            self.at[int(mark)].append(now)
        self.sample = payload

    async def all_heard(self, mark: int, seconds: float = 30.0) -> float:
        """When the last ear heard `mark`. Raises TimeoutError."""
        end = time.perf_counter() + seconds
        while len(self.at[mark]) < len(self.ears):
            if time.perf_counter() > end:
                last = max((m for m, at in self.at.items() if at), default=0)
                found = f"{len(self.at[mark])} of {len(self.ears)} heard mark {mark}"
                raise TimeoutError(f"{found}; the last one heard is {last}, closed with {self.refused}")
            await asyncio.sleep(0.002)
        return max(self.at[mark])

    def close(self) -> None:
        for ear in self.ears:
            ear.close()
        self.ears.clear()


def _same(ear: Ear) -> Ear:
    return ear

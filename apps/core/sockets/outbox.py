"""What one socket still has to take: bounded, because a server like Daphne buffers without end for a client
that does not read. The client says how many frames have arrived; what it has not is the window.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024

Send = Callable[[str], Awaitable[None]]
End = Callable[[int], Awaitable[None]]


class Outbox:
    """Frames in order, then at most one close code. `put` never waits; `room` waits for the client."""

    def __init__(self, send: Send, end: End, *, slow: int) -> None:
        self._send, self._end, self._slow = send, end, slow
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()
        self._sizes: deque[int] = deque()  # of frames not known to have arrived
        self._arrived = self._bytes = 0
        self._room = asyncio.Event()
        self.closed = False

    def put(self, text: str) -> None:
        """Queue a frame; a full window ends the socket instead. Nothing goes out after a close."""
        if self.closed:
            return
        self._sizes.append(len(text))
        self._bytes += len(text)
        if len(self._sizes) > MAX_FRAMES or self._bytes > MAX_BYTES + self._sizes[-1]:
            while not self._queue.empty():
                self._queue.get_nowait()
            self.close(self._slow)
            return
        self._queue.put_nowait(text)

    def close(self, code: int) -> None:
        """Send what is queued, then the close code. Idempotent: the first code counts."""
        if not self.closed:
            self.closed = True
            self._room.set()
            self._queue.put_nowait(int(code))  # autobahn takes no subclass of int

    def arrived(self, count: int) -> None:
        """The client has received `count` frames since the socket opened; more than were sent is no news."""
        while self._sizes and self._arrived < count:
            self._arrived += 1
            self._bytes -= self._sizes.popleft()
        if self._half_empty():
            self._room.set()

    async def room(self) -> None:
        """Wait until half of the window is free, or the socket ends."""
        while not self.closed and not self._half_empty():
            self._room.clear()
            await self._room.wait()

    async def run(self) -> None:
        """Send until closed."""
        while True:
            item = await self._queue.get()
            if isinstance(item, int):
                await self._end(item)
                return
            await self._send(item)

    def _half_empty(self) -> bool:
        return len(self._sizes) <= MAX_FRAMES // 2 and self._bytes <= MAX_BYTES // 2

"""What one socket still has to take: bounded, because a server like Daphne buffers without end for a client
that does not read. The client says how many frames have arrived; what it has not is the window.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from apps.core.sockets.wire import Write

MAX_FRAMES = 256
MAX_BYTES = 1024 * 1024

Send = Callable[[str], Awaitable[None]]
End = Callable[[int], Awaitable[None]]


class Outbox:
    """Frames in order, then at most one close code. `put` never waits; `room` waits for the client.

    With `write` frames leave at once; without, a task of this outbox awaits `send` for one after the other.
    """

    def __init__(self, send: Send, end: End, *, slow: int, write: Write | None = None) -> None:
        self._send, self._end, self._slow, self._write = send, end, slow, write
        self._queue: deque[str | int] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._sizes: deque[int] = deque()  # of frames not known to have arrived
        self._arrived = self._bytes = 0
        self._room: asyncio.Event | None = None
        self.closed = False

    def put(self, text: str) -> None:
        """Send a frame; a full window ends the socket instead. Nothing goes out after a close."""
        if self.closed:
            return
        size = len(text)
        self._sizes.append(size)
        self._bytes += size
        if len(self._sizes) > MAX_FRAMES or self._bytes > MAX_BYTES + size:
            self._queue.clear()
            self.close(self._slow)
        elif self._write is not None:
            self._write(text)
        else:
            self._later(text)

    def close(self, code: int) -> None:
        """Send what is queued, then the close code. Idempotent: the first code counts."""
        if not self.closed:
            self.closed = True
            self._wake()
            self._later(int(code))  # autobahn takes no subclass of int

    def arrived(self, count: int) -> None:
        """The client has received `count` frames since the socket opened; more than were sent is no news."""
        while self._sizes and self._arrived < count:
            self._arrived += 1
            self._bytes -= self._sizes.popleft()
        if self._half_empty():
            self._wake()

    async def room(self) -> None:
        """Wait until half of the window is free, or the socket ends."""
        while not self.closed and not self._half_empty():
            self._room = asyncio.Event()
            await self._room.wait()

    def cancel(self) -> None:
        """The socket has ended: nothing is sent any more. Idempotent."""
        self.closed = True
        self._queue.clear()
        if self._sending is not None:
            self._sending.cancel()

    def _later(self, item: str | int) -> None:
        self._queue.append(item)
        if self._sending is None:
            self._sending = asyncio.create_task(self._run())

    async def _run(self) -> None:
        """Send what is queued; it lives only as long as there is something."""
        try:
            while self._queue:
                item = self._queue.popleft()
                await (self._end(item) if isinstance(item, int) else self._send(item))
        finally:
            self._sending = None

    def _wake(self) -> None:
        if self._room is not None:
            self._room.set()

    def _half_empty(self) -> bool:
        return len(self._sizes) <= MAX_FRAMES // 2 and self._bytes <= MAX_BYTES // 2

"""A wire that can fail, in front of PostgreSQL, Redis and the providers.

One task per direction and connection. `cut` resets what is open; `refuse` lets nobody in; `hold` delays
every piece that passes.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 64 * 1024


@dataclass
class Proxy:
    """`here` and `there` are ports of 127.0.0.1 or paths of Unix sockets."""

    here: int | Path
    there: int | Path
    hold: float = 0.0  # seconds
    refusing: bool = False
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        if isinstance(self.here, Path):
            self.here.unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, self.here)
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.here)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.cut()

    def cut(self) -> int:
        """Reset every open connection; how many there were."""
        count = len(self._open)
        for writer in list(self._open):
            writer.transport.abort()
        return count

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            self._open -= {writer, far_writer}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.there, Path):
            return await asyncio.open_unix_connection(self.there)
        return await asyncio.open_connection("127.0.0.1", self.there)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(PIECE):
                if self.hold:
                    await asyncio.sleep(self.hold)
                writer.write(piece)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.close()

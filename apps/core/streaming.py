"""Answers that leave as they are read.

Under ASGI Django reads a synchronous iterator to its end before it sends the first byte: a file of a hundred
megabytes would stand in memory once for everyone who downloads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from django.http import FileResponse, StreamingHttpResponse

CHUNK = 256 * 1024


class StreamedResponse(StreamingHttpResponse):
    """Give it a synchronous iterator of bytes; a step is taken, in a thread, when the one before is sent."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = iter(self)
        while (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            yield chunk


class StreamedFile(StreamedResponse, FileResponse):
    """A whole open file."""

    block_size = CHUNK

"""Files that leave as they are read."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from apps.core.streaming import CHUNK, StreamedFile, StreamedResponse


class Counted:
    """An iterator that knows how far it was read."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        for _ in range(1000):
            self.read += 1
            yield b"x"


async def test_nothing_is_read_before_it_is_wanted() -> None:
    source = Counted()
    async with aclosing(aiter(StreamedResponse(iter(source)))) as chunks:
        assert (await anext(chunks), await anext(chunks), source.read) == (b"x", b"x", 2)


@pytest.mark.parametrize("size", [0, 1, CHUNK, 2 * CHUNK + 1])
async def test_a_file_leaves_whole(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    response = StreamedFile(path.open("rb"))
    sent = [chunk async for chunk in response]
    assert b"".join(sent) == path.read_bytes()
    assert (response["Content-Length"], max(map(len, sent), default=0)) == (str(size), min(size, CHUNK))
    await asyncio.to_thread(response.close)  # as Django does: it ends the request, which looks at connections


def test_without_asgi_it_is_read_as_ever(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Bonjour")
    response = StreamedFile((tmp_path / "a.txt").open("rb"))
    assert (b"".join(response), response["Content-Type"]) == (b"Bonjour", "text/plain")
    assert not inspect.isasyncgen(response.streaming_content)

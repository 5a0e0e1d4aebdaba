"""Limits of size and time, and what the outbound door says about calls that fail."""

from __future__ import annotations

import asyncio
import gzip
import io
import socket
from collections.abc import Awaitable
from contextlib import nullcontext
from typing import Any

import pytest
from aiohttp import web

from apps.core import latest
from apps.core.http import Egress, HttpDoor, HttpError, NoAnswer, NotConnected, Response, TooLarge, TooLate
from apps.core.latest import Deadline
from tests.core.http.servers import CANARY, Handler, local, raw_server, serve

# Limits -----------------------------------------------------------------------------------------------


def zeros(size: int, status: int = 200) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=bytes(size))

    return answer


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False), (500_000, False)])
async def test_size_limit(size: int, fits: bool) -> None:
    async with serve({"/": zeros(size)}) as server, local() as http:
        calls: list[Awaitable[Response]] = [
            http.request("GET", f"{server.url}/", max_bytes=1000),
            http.fetch(f"{server.url}/", io.BytesIO(), max_bytes=1000),
        ]
        for call in calls:
            if fits:
                assert (await call).status == 200
            else:
                with pytest.raises(TooLarge):
                    await call


async def test_a_fetch_keeps_no_large_error_in_memory() -> None:
    async with serve({"/": zeros(2 * 1024 * 1024, 500)}) as server, local() as http:
        with pytest.raises(TooLarge):
            await http.fetch(f"{server.url}/", io.BytesIO())


async def test_decompression_bomb() -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    assert len(bomb) < 100_000
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    sink = io.BytesIO()
    async with raw_server(head + bomb) as server, local() as http:
        with pytest.raises(TooLarge):
            await http.fetch(f"{server.url}/", sink, max_bytes=1024 * 1024)
    assert len(sink.getvalue()) <= 1024 * 1024


async def test_time_limit() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with serve({"/": slow}) as server, local() as http:
        with pytest.raises(NoAnswer):
            await http.request("GET", f"{server.url}/", timeout=0.2)


# Too late -----------------------------------------------------------------------------------------------


class Clock:
    """Says that it is too late from the `after`th look on."""

    def __init__(self, after: int) -> None:
        self.looks, self.after = 0, after

    def __call__(self) -> bool:
        self.looks += 1
        return self.looks > self.after


@pytest.mark.parametrize(("after", "options"), [(0, {"json": {}}), (1, {"json": {}}), (0, {})])
async def test_nothing_is_written_when_it_is_too_late(
    after: int, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process goes on in the middle of a statement after it was stopped: in front of the head, or of the
    body, with which the head leaves."""
    heard = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server, local() as http:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        monkeypatch.setattr(latest, "passed", clock := Clock(after))
        with pytest.raises(TooLate):
            await http.request("POST", url, **options)
        assert clock.looks == after + 1
        await asyncio.sleep(0.05)
    assert heard == b""


async def test_a_call_that_was_too_late_leaves_the_door_open() -> None:
    async with serve({"/": zeros(1)}) as server, local() as http:
        for moment, late in ((-1.0, True), (float("inf"), False), (-1.0, True), (float("inf"), False)):
            with latest.until(Deadline(moment)), pytest.raises(TooLate) if late else nullcontext():
                assert (await http.request("POST", f"{server.url}/", json={})).status == 200
        assert not latest.passed()


# Failures ---------------------------------------------------------------------------------------------


BROKEN = {
    "nothing": (b"", NoAnswer),
    "not HTTP": (b"220 mail.example ESMTP\r\n", NoAnswer),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", NoAnswer),
    "half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", NoAnswer),
    "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf", NoAnswer),
    "broken gzip": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", NoAnswer),
    "endless header": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", NoAnswer),
}


@pytest.mark.parametrize(("answer", "error"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_answer_is_no_answer(answer: bytes, error: type[HttpError]) -> None:
    async with raw_server(answer) as server, local() as http:
        with pytest.raises(error) as failed:
            await http.request("POST", f"{server.url}/bot{CANARY}/sendMessage", json={})
    assert CANARY not in repr(failed.value)
    assert failed.value.__cause__ is None


async def test_a_closed_port_is_not_connected() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/bot{CANARY}/getMe"
        async with local() as http:
            with pytest.raises(NotConnected) as failed:
                await http.request("GET", url)
    assert CANARY not in repr(failed.value)


async def test_tls_that_is_none_is_not_connected() -> None:
    async with raw_server(b"") as server, local() as http:
        with pytest.raises(HttpError) as failed:
            await http.request("GET", server.url.replace("http:", "https:"), timeout=3)
    assert type(failed.value) is NotConnected


async def test_waiting_for_a_free_connection_is_not_connected() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response()

    async with serve({"/": slow}) as server, HttpDoor(Egress.parse("127.0.0.1"), connections=1) as http:
        first = asyncio.create_task(http.request("GET", f"{server.url}/"))
        await asyncio.sleep(0.1)
        with pytest.raises(NotConnected):
            await http.request("GET", f"{server.url}/", timeout=0.4)
        assert (await first).status == 200

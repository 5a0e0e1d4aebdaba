"""Requests over connections that stay open: as many as the other side takes, or at a given pace.

A client of its own, because what it costs is taken from the same cores: each request is bytes made
beforehand, and of an answer only its status and length are read.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class Answers:
    """What came back: latencies in seconds in order of arrival, how often which status, and how long."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0


def request(url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> bytes:
    """The bytes of one HTTP/1.1 request."""
    parts = urlsplit(url)
    lines = [f"{method} {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + HEAD_END + body


def closed(url: str, requests: Iterable[bytes], *, connections: int, seconds: float) -> Answers:
    """Each connection asks again as soon as it is answered, for `seconds` or until `requests` end."""
    return asyncio.run(_run(url, iter(requests), connections, seconds, None))


def paced(url: str, requests: Iterable[bytes], *, connections: int, seconds: float, rate: float) -> Answers:
    """`rate` requests per second whatever the answers do; a latency counts from when it was due."""
    return asyncio.run(_run(url, iter(requests), connections, seconds, rate))


async def _run(
    url: str, requests: Iterator[bytes], connections: int, seconds: float, rate: float | None
) -> Answers:
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or 80
    loop = asyncio.get_running_loop()
    source = _Source(requests, time.perf_counter() + seconds, rate)
    lines = []
    for _ in range(connections):
        _, line = await loop.create_connection(lambda: _Line(source), host, port)
        lines.append(line)
    source.begin(seconds)
    for line in lines:
        line.ask()
    await asyncio.gather(*(line.done for line in lines))
    source.answers.seconds = time.perf_counter() - source.began
    return source.answers


class _Source:
    """Shared by the connections: the next request, when it is due, what came back."""

    def __init__(self, requests: Iterator[bytes], end: float, rate: float | None) -> None:
        self.requests, self.end, self.rate = requests, end, rate
        self.answers = Answers()
        self.began = 0.0
        self.taken = 0

    def begin(self, seconds: float) -> None:
        self.began = time.perf_counter()
        self.end = self.began + seconds

    def next(self) -> tuple[bytes, float] | None:
        """The request and the time it is due, None at the end."""
        due = time.perf_counter()
        if self.rate:
            due = self.began + self.taken / self.rate
        if due >= self.end:
            return None
        self.taken += 1
        found = next(self.requests, None)
        return None if found is None else (found, due)


class _Line(asyncio.Protocol):
    """One connection: one request at a time."""

    transport: asyncio.Transport

    def __init__(self, source: _Source) -> None:
        self.source = source
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.got = b""
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def ask(self) -> None:
        found = self.source.next()
        if found is None:
            self._finish()
            return
        data, self.due = found
        wait = self.due - time.perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self.transport.write, data)
        else:
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.got += data
        head, found, rest = self.got.partition(HEAD_END)
        if not found or len(rest) < _length(head):
            return
        answers = self.source.answers
        answers.latencies.append(time.perf_counter() - self.due)
        answers.statuses[int(head[9:12])] += 1
        self.got = b""
        self.ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.source.answers.statuses[0] += 1  # cut off, as daphne does at its end
            self.done.set_result(None)

    def _finish(self) -> None:
        if not self.done.done():
            self.done.set_result(None)
        self.transport.close()


def _length(head: bytes) -> int:
    position = head.lower().find(b"content-length:")
    if position < 0:
        raise ValueError("an answer without its length")
    return int(head[position + 15 :].split(b"\r\n", 1)[0])

"""The one outbound door: every call that Comptoir makes goes through `HttpDoor`.

It resolves the name itself, refuses addresses that are not public (unless `EGRESS_ALLOW` lists them),
connects to the address that it checked, limits time and size, and says whether a failed call can have
been accepted. Django-free, because adapters use it. Why aiohttp: docs/decisions/0003.
"""

from __future__ import annotations

import asyncio
import json as jsonlib
import re
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, AbstractStreamWriter, ResolveResult
from aiohttp.connector import Connection
from yarl import URL

from apps.core import dialling, latest
from apps.core.egress import Egress, Forbidden, HttpError, NotConnected, TooLate

__all__ = [
    "Egress",
    "FilePart",
    "Forbidden",
    "Http",
    "HttpDoor",
    "HttpError",
    "NoAnswer",
    "NotConnected",
    "Response",
    "TooLarge",
    "TooLate",
]

MAX_BYTES = 25 * 1024 * 1024
ERROR_BYTES = 1024 * 1024
WALL_SECONDS = 20.0
CONNECT_SECONDS = 10.0
CHUNK = 64 * 1024
MAX_REDIRECTS = 3
STOPPED = "the sender was stopped before it began"
UNNAMEABLE_HOST = "the name of the host is not one that can be looked up"

_MIME = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_UNNAMEABLE = re.compile(r'[\x00-\x1f\x7f"\\\ud800-\udfff]')  # what could end the name or the header


class NoAnswer(HttpError):
    """The request may have arrived; there was no whole answer."""


class TooLarge(HttpError):
    """The answer is larger than the caller allows."""


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. Header names are lower-case; `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON, or None when it is none."""
        try:
            return jsonlib.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePart:
    """One file of a multipart form, read from disk while it is sent; with `length` only that many bytes of it
    from `offset` on, which have to fit into memory."""

    field: str
    name: str
    mime: str
    path: Path
    offset: int = 0
    length: int = 0


class Http(Protocol):
    """What adapters and tests see of the door."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[FilePart] = (),
        body: bytes | AsyncIterator[bytes] | None = None,
        timeout: float = WALL_SECONDS,
        max_bytes: int = MAX_BYTES,
    ) -> Response:
        """One call, no redirects. Raises Forbidden, NotConnected, TooLate, NoAnswer, TooLarge; never for a
        status.

        `timeout` is in seconds for the whole call, `max_bytes` bounds the decompressed answer.
        """
        ...

    async def fetch(
        self,
        url: str,
        sink: BinaryIO,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 120.0,
        max_bytes: int = 100 * 1024 * 1024,
    ) -> Response:
        """GET into `sink`, following up to three redirects, each checked; the Response has an empty body
        for 2xx and the (bounded) body otherwise. Raises as `request`."""
        ...

    async def dial(
        self, host: str, port: int, *, listed: bool = False, timeout: float = CONNECT_SECONDS
    ) -> socket.socket:
        """A socket connected to a mail server, not blocking, for whoever speaks on it: the caller closes it.

        `listed`: only to what the operator lists, for talking without TLS. Raises Forbidden, NotConnected.
        """
        ...


class HttpDoor:
    """The real `Http`, over one aiohttp session. Make it inside the loop that uses it; `close` it."""

    def __init__(
        self, egress: Egress, *, connections: int = 400, resolver: AbstractResolver | None = None
    ) -> None:
        self._egress = egress
        self._resolver = _CheckedResolver(egress, resolver or aiohttp.ThreadedResolver())
        connector = aiohttp.TCPConnector(
            limit=connections, resolver=self._resolver, ttl_dns_cache=30, keepalive_timeout=15
        )
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False, request_class=_InTime
        )

    async def __aenter__(self) -> HttpDoor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._session.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[FilePart] = (),
        body: bytes | AsyncIterator[bytes] | None = None,
        timeout: float = WALL_SECONDS,
        max_bytes: int = MAX_BYTES,
    ) -> Response:
        limits = _Limits(timeout, max_bytes)
        with ExitStack() as opened:
            data = _multipart(form, files, opened) if files else (form if form is not None else body)
            options = {"headers": headers, "json": json, "data": data}
            return await self._call(method, url, options, limits, None)

    async def fetch(
        self,
        url: str,
        sink: BinaryIO,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 120.0,
        max_bytes: int = 100 * 1024 * 1024,
    ) -> Response:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._call("GET", url, {"headers": headers}, _Limits(timeout, max_bytes), sink)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            moved = _moved(url, target)
            if moved.origin() != URL(url, encoded=True).origin():
                headers = None  # credentials stay with the host they were meant for
            url = str(moved)
        raise Forbidden("more than three redirects")

    async def dial(
        self, host: str, port: int, *, listed: bool = False, timeout: float = CONNECT_SECONDS
    ) -> socket.socket:
        self._egress.check_mail_server(host, port, listed=listed)
        try:
            async with asyncio.timeout(timeout):
                return await dialling.connected(await self._resolver.resolve(host, port, socket.AF_UNSPEC))
        except UnicodeError:
            raise NotConnected(UNNAMEABLE_HOST) from None
        except OSError as error:  # TimeoutError is one
            raise _refused(error) or NotConnected(_words(error)) from None

    async def _call(
        self, method: str, url: str, options: dict[str, Any], limits: _Limits, sink: BinaryIO | None
    ) -> Response:
        target = self._egress.check_url(url)
        session = self._session
        try:
            async with session.request(
                method, target, timeout=limits.time(), allow_redirects=False, **options
            ) as answer:
                body = await _read(answer, limits, sink)
                return Response(answer.status, {k.lower(): v for k, v in answer.headers.items()}, body)
        # `from None`: the library's errors carry whole addresses, and addresses carry tokens.
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            raise _refused(error) or NotConnected(_words(error)) from None
        except UnicodeError:
            raise NotConnected(UNNAMEABLE_HOST) from None
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise NoAnswer(_words(error)) from None


@dataclass(frozen=True, slots=True)
class _Limits:
    seconds: float
    max_bytes: int

    def time(self) -> aiohttp.ClientTimeout:
        """Waiting for a connection ends early enough to be told apart from waiting for an answer."""
        connect = min(CONNECT_SECONDS, self.seconds / 2)
        return aiohttp.ClientTimeout(total=self.seconds, connect=connect, sock_connect=3)


class _InTime(aiohttp.ClientRequest):
    """Looks at the clock once more, connected and directly before anything is written: the library keeps the
    head back until the body begins, which is a turn of the loop later."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        if latest.passed():
            raise TooLate(STOPPED)
        return await super().send(conn)

    async def write_bytes(
        self, writer: AbstractStreamWriter, conn: Connection, content_length: int | None = None
    ) -> None:
        if latest.passed() and conn.protocol is not None:
            conn.protocol.set_exception(TooLate(STOPPED))
            conn.close()
            return
        await super().write_bytes(writer, conn, content_length)


class _CheckedResolver(AbstractResolver):
    """Resolves once, drops every address that may not be called; aiohttp connects to what is left."""

    def __init__(self, egress: Egress, inner: AbstractResolver) -> None:
        self._egress = egress
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if self._egress.lists(host, port):
            return found
        safe = [item for item in found if self._egress.may_connect(item["host"], port)]
        if not safe:
            words = f"{host} has no public address; list it in EGRESS_ALLOW to allow it"
            raise OSError(words) from Forbidden(words)
        return safe

    async def close(self) -> None:
        await self._inner.close()


async def _read(answer: aiohttp.ClientResponse, limits: _Limits, sink: BinaryIO | None) -> bytes:
    """The body, or b"" when it went into the sink; what a sink does not take has to fit into memory."""
    if sink is not None and not 200 <= answer.status < 300:
        sink, limits = None, replace(limits, max_bytes=min(limits.max_bytes, ERROR_BYTES))
    size, kept = 0, bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > limits.max_bytes:
            answer.close()
            raise TooLarge(f"the answer is larger than {limits.max_bytes} bytes")
        if sink is None:
            kept += chunk
        else:
            sink.write(chunk)
    return bytes(kept)


def _multipart(
    form: Mapping[str, str] | None, files: Sequence[FilePart], opened: ExitStack
) -> aiohttp.FormData:
    # Percent-encoded names (the default) would be what the receiver shows; RFC 7578 wants plain UTF-8.
    data = aiohttp.FormData(quote_fields=False)
    for name, value in (form or {}).items():
        data.add_field(name, value)
    for part in files:
        file = opened.enter_context(_bytes_of(part))
        mime = part.mime if _MIME.fullmatch(part.mime) else "application/octet-stream"
        data.add_field(part.field, file, filename=_UNNAMEABLE.sub("_", part.name), content_type=mime)
    return data


def _bytes_of(part: FilePart) -> BinaryIO:
    file = part.path.open("rb")
    if not part.length:
        return file
    with file:
        file.seek(part.offset)
        return BytesIO(file.read(part.length))


def _moved(url: str, target: str) -> URL:
    try:
        moved = URL(url, encoded=True).join(URL(target))
        moved.origin()
    except ValueError:
        raise Forbidden("redirected to something that is not an address") from None
    return moved


def _refused(error: BaseException) -> Forbidden | None:
    """The Forbidden of our resolver, under what the library wrapped around it."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, Forbidden):
        cause = cause.__cause__
    return cause


def _words(error: BaseException) -> str:
    """What happened, without the address that it happened to."""
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{type(error).__name__}: {error.message}"
    if isinstance(error, aiohttp.InvalidURL):
        return "the address cannot be called"
    return str(error) or type(error).__name__

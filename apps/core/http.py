"""The one outbound door: every HTTP call that Comptoir makes goes through `HttpDoor`.

It resolves the name itself, refuses addresses that are not public (unless `EGRESS_ALLOW` lists them),
connects to the address that it checked, limits time and size, and says whether a failed call can have
been accepted. Django-free, because adapters use it. aiohttp rather than httpx: at 200 calls in flight it
needs about a third of the processor time (docs/decisions/0003).
"""

from __future__ import annotations

import asyncio
import ipaddress
import json as jsonlib
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

MAX_BYTES = 25 * 1024 * 1024
WALL_SECONDS = 20.0
CHUNK = 64 * 1024
MAX_REDIRECTS = 3


class HttpError(Exception):
    """Base of what can go wrong with a call."""


class Forbidden(HttpError):
    """The address is not public and not listed in EGRESS_ALLOW, or scheme or port are not allowed."""


class NotConnected(HttpError):
    """No connection, so the request was certainly not accepted: DNS, refused, TLS, connect time-out."""


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
    """One file of a multipart form, read from disk while it is sent."""

    field: str
    name: str
    mime: str
    path: Path


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
        """One call, no redirects. Raises Forbidden, NotConnected, NoAnswer, TooLarge; never for a status.

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


@dataclass(frozen=True, slots=True)
class Egress:
    """Which non-public targets are allowed: host names, addresses or networks, each with optional :port."""

    allowed: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def parse(cls, text: str) -> Egress:
        return cls(frozenset(item.strip().lower() for item in text.split(",") if item.strip()))

    def lists(self, host: str, port: int) -> bool:
        """Whether the target is listed by name or address, with this port or without any."""
        host = host.lower()
        if host in self.allowed or f"{host}:{port}" in self.allowed:
            return True
        address = _address(host)
        return address is not None and any(_in_network(address, item) for item in self.allowed)

    def check_url(self, url: str) -> None:
        """Raise Forbidden for a URL that may never be called, before any name is resolved."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", _port(url)
        if parts.scheme not in ("http", "https") or not host:
            raise Forbidden(f"only http and https addresses can be called, not {url[:80]!r}")
        if self.lists(host, port):
            return
        if port not in (80, 443):
            raise Forbidden(f"port {port} of {host} is not allowed; list {host}:{port} in EGRESS_ALLOW")
        address = _address(host)
        if address is not None and not _is_public(address):
            raise Forbidden(f"{host} is not a public address; list it in EGRESS_ALLOW to allow it")


class HttpDoor:
    """The real `Http`, over one aiohttp session. Make it inside the loop that uses it; `close` it."""

    def __init__(self, egress: Egress, *, connections: int = 400) -> None:
        self._egress = egress
        connector = aiohttp.TCPConnector(
            limit=connections, resolver=_CheckedResolver(egress), ttl_dns_cache=30, keepalive_timeout=15
        )
        self._session = aiohttp.ClientSession(
            connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
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
        data = _multipart(form, files) if files else (form if form is not None else body)
        options = {"headers": headers, "json": json, "data": data}
        return await self._call(method, url, options, timeout, max_bytes, None)

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
            answer = await self._call("GET", url, {"headers": headers}, timeout, max_bytes, sink)
            target = answer.headers.get("location")
            if answer.status not in (301, 302, 303, 307, 308) or not target:
                return answer
            moved = URL(url).join(URL(target))
            if moved.origin() != URL(url).origin():
                headers = None  # credentials stay with the host they were meant for
            url = str(moved)
        raise Forbidden("more than three redirects")

    async def _call(
        self,
        method: str,
        url: str,
        options: dict[str, Any],
        timeout: float,
        max_bytes: int,
        sink: BinaryIO | None,
    ) -> Response:
        self._egress.check_url(url)
        limits = aiohttp.ClientTimeout(total=timeout, connect=None, sock_connect=3)
        try:
            async with self._session.request(
                method, URL(url, encoded=True), timeout=limits, allow_redirects=False, **options
            ) as answer:
                body = await _read(answer, max_bytes, sink if answer.status < 300 else None)
                return Response(answer.status, {k.lower(): v for k, v in answer.headers.items()}, body)
        except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            if isinstance(error.__cause__, Forbidden):
                raise error.__cause__ from None
            raise NotConnected(_words(error)) from error
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            raise NoAnswer(_words(error)) from error


class _CheckedResolver(AbstractResolver):
    """Resolves once, drops every address that may not be called; aiohttp connects to what is left."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if self._egress.lists(host, port):
            return found
        safe = [item for item in found if self._may_call(item["host"], port)]
        if not safe:
            raise OSError(f"{host} has no public address") from Forbidden(
                f"{host} has no public address; list it in EGRESS_ALLOW to allow it"
            )
        return safe

    def _may_call(self, address: str, port: int) -> bool:
        parsed = _address(address)
        return parsed is not None and (_is_public(parsed) or self._egress.lists(address, port))

    async def close(self) -> None:
        await self._inner.close()


async def _read(answer: aiohttp.ClientResponse, max_bytes: int, sink: BinaryIO | None) -> bytes:
    size, kept = 0, bytearray()
    async for chunk in answer.content.iter_chunked(CHUNK):
        size += len(chunk)
        if size > max_bytes:
            raise TooLarge(f"the answer is larger than {max_bytes} bytes")
        if sink is None:
            kept += chunk
        else:
            sink.write(chunk)
    return bytes(kept)


def _multipart(form: Mapping[str, str] | None, files: Sequence[FilePart]) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value in (form or {}).items():
        data.add_field(name, value)
    for part in files:
        data.add_field(part.field, part.path.open("rb"), filename=part.name, content_type=part.mime)
    return data


Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _is_public(address: Address) -> bool:
    """True for addresses of the public internet, looking through v4-mapped, 6to4 and NAT64 forms."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def _in_network(address: Address, item: str) -> bool:
    try:
        return "/" in item and address in ipaddress.ip_network(item, strict=False)
    except ValueError:
        return False


def _port(url: str) -> int:
    parts = urlsplit(url)
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Forbidden("the port in the address is not a number") from None


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__

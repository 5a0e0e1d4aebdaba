"""The simulators without a server: while seeding nobody answers at BASE_URL yet.

An `Http` that hands requests straight to the simulators' views, in this process and this transaction.
"""

from __future__ import annotations

import json as jsonlib
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from io import BytesIO
from socket import socket
from typing import Any, BinaryIO, TypeVar
from urllib.parse import unquote, urlencode, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.urls import Resolver404, resolve

from apps.core.http import FilePart, NotConnected, Response

T = TypeVar("T")

FORM = "application/x-www-form-urlencoded"


def run(asked: Coroutine[Any, Any, T]) -> T:
    """The result of an adapter's call over LocalHttp, which never waits: so no event loop is needed, and
    the simulator sees the rows of the open transaction (in a loop Django would open another connection)."""
    try:
        asked.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    asked.close()
    raise RuntimeError("the adapter waits for something else than the simulator")


class LocalHttp:
    """Reaches the simulators and nothing else; anything that it cannot carry is NotConnected."""

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
        timeout: float = 0,
        max_bytes: int = 0,
    ) -> Response:
        kind, data = _encoded(json, form, body)
        if files or data is None or not url.startswith(f"{settings.BASE_URL}/sandbox/"):
            raise NotConnected("only the simulators can be reached from here")
        return _answer(method, url, {"content-type": kind, **(headers or {})}, data)

    async def fetch(
        self,
        url: str,
        sink: BinaryIO,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 0,
        max_bytes: int = 0,
    ) -> Response:
        raise NotConnected("only the simulators can be reached from here")

    async def dial(self, host: str, port: int, *, listed: bool = False, timeout: float = 0) -> socket:
        raise NotConnected("only the simulators can be reached from here")


def _encoded(
    json: Any, form: Mapping[str, str] | None, body: bytes | AsyncIterator[bytes] | None
) -> tuple[str, bytes | None]:
    if json is not None:
        return "application/json", jsonlib.dumps(json).encode()
    if form is not None:
        return FORM, urlencode(form).encode()
    return "application/octet-stream", body or b"" if isinstance(body, bytes | None) else None


def _answer(method: str, url: str, headers: Mapping[str, str], data: bytes) -> Response:
    parts = urlsplit(url)
    path = unquote(parts.path)
    try:
        match = resolve(path)
    except Resolver404:
        return Response(404, {}, b"not found")
    request = WSGIRequest(_environ(method, path, parts.query, headers, data))
    answer = match.func(request, *match.args, **match.kwargs)
    content = answer.getvalue() if answer.streaming else answer.content
    return Response(answer.status_code, {k.lower(): v for k, v in answer.items()}, content)


def _environ(method: str, path: str, query: str, headers: Mapping[str, str], data: bytes) -> dict[str, Any]:
    names = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    return {
        **names,
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": {name.lower(): value for name, value in headers.items()}["content-type"],
        "CONTENT_LENGTH": str(len(data)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(data),
    }

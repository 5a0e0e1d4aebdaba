"""A number for every request: in its answer, in what a person is shown when it fails, and in the log."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from structlog.contextvars import bound_contextvars, get_contextvars

from apps.core import measured

HEADER = b"x-request-id"
HOOKS = "/hooks/"

Application = Callable[..., Awaitable[None]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class NumberRequests:
    """ASGI: binds a new id for the log and puts it on the answer. A client's own id is never taken over:
    it would let anybody write into the log."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        request_id = new()
        with bound_contextvars(request_id=request_id):
            await self._application(scope, receive, _Answer(scope, request_id, send))


def new() -> str:
    return secrets.token_hex(6)


def current() -> str:
    """The id of the request that is being answered; a new one outside of any."""
    found: str = get_contextvars().get("request_id") or new()
    return found


class _Answer:
    """What the application sends, with the id on it. How soon a platform's webhook was answered is measured
    here, whatever answers it."""

    __slots__ = ("_began", "_id", "_is_hook", "_send")

    def __init__(self, scope: dict[str, Any], request_id: str, send: Send) -> None:
        self._id, self._send, self._began = request_id.encode(), send, perf_counter()
        self._is_hook = scope["type"] == "http" and scope["path"].startswith(HOOKS)

    async def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (HEADER, self._id)]}
            if self._is_hook:
                status = str(message["status"])
                measured.WEBHOOK_ANSWERS.labels(status).observe(perf_counter() - self._began)
        await self._send(message)

"""A number for every request: in its answer, in what a person is shown when it fails, and in the log."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from structlog.contextvars import bound_contextvars, get_contextvars

HEADER = b"x-request-id"

Application = Callable[..., Awaitable[None]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class NumberRequests:
    """ASGI: binds a new id for the log and puts it on the answer. A client's own id is never taken over:
    it would let anybody write into the log."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        request_id = new()
        with bound_contextvars(request=request_id):
            await self._application(scope, receive, partial(_send, send, request_id.encode()))


def new() -> str:
    return secrets.token_hex(6)


def current() -> str:
    """The id of the request that is being answered; a new one outside of any."""
    found: str = get_contextvars().get("request") or new()
    return found


async def _send(send: Send, request_id: bytes, message: dict[str, Any]) -> None:
    if message["type"] == "http.response.start":
        message = {**message, "headers": [*message.get("headers", ()), (HEADER, request_id)]}
    await send(message)

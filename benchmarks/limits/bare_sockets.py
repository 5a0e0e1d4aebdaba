"""The limit for fan-out: an ASGI application that writes what one socket says to all of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]

_all: set[Send] = set()


async def application(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await receive()
    await send({"type": "websocket.accept"})
    _all.add(send)
    while (message := await receive())["type"] == "websocket.receive":
        for write in list(_all):
            await write({"type": "websocket.send", "text": message["text"]})
    _all.discard(send)

"""An application that answers with what it was told of the request."""

from __future__ import annotations

import json
from typing import Any

left: list[str] = []  # who went before they were answered


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message["body"], message["more_body"]
    await WAYS.get(scope["path"].rpartition("/")[2], _tells)(scope, body, receive, send)


async def _tells(scope: dict[str, Any], body: bytes, _receive: Any, send: Any) -> None:
    facts = {name: repr(value) for name, value in scope.items() if name not in ("client", "server")}
    await _whole(send, json.dumps({**facts, "body": repr(body)}, sort_keys=True).encode())


async def _pieces(_scope: Any, _body: bytes, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for piece in (b"one ", b"two ", b"three"):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body"})


async def _waits(scope: dict[str, Any], _body: bytes, receive: Any, _send: Any) -> None:
    left.append(f"{scope['query_string'].decode()} {(await receive())['type']}")


async def _left(_scope: Any, _body: bytes, _receive: Any, send: Any) -> None:
    await _whole(send, json.dumps(left).encode())


async def _hears_the_end(_scope: Any, _body: bytes, receive: Any, send: Any) -> None:
    await _whole(send, b"answered")
    left.append(f"answered {(await receive())['type']}")


async def _fails(_scope: Any, _body: bytes, _receive: Any, _send: Any) -> None:
    raise ValueError("on purpose")


async def _whole(send: Any, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode()), (b"x-ours", b"1")]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": body})


WAYS = {"pieces": _pieces, "waits": _waits, "left": _left, "fails": _fails, "end": _hears_the_end}

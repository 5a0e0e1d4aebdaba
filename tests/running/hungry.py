"""An ASGI application that takes and gives many bytes and keeps none."""

from __future__ import annotations

from typing import Any

PIECE = bytes(64 * 1024)
PIECES = 1600  # 100 MB


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """POST takes the body and says how long it was; GET gives PIECES times PIECE."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["method"] == "POST":
        await send({"type": "http.response.body", "body": str(await _taken(receive)).encode()})
        return
    for _ in range(PIECES):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _taken(receive: Any) -> int:
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return size

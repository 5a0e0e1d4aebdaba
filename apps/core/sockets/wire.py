"""Writing the same frame to a thousand sockets: what our Daphne offers beside ASGI's `send`.

ASGI hands every frame over through a coroutine per socket, and Daphne encodes and frames it for each anew:
most of what a fan-out costs. A scope with this extension carries a function that puts a frame, encoded once
for all, into the connection's buffer at once. Other servers do not offer it; then `send` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

EXTENSION = "comptoir.write"

Write = Callable[[str], None]


def offered(scope: Mapping[str, Any]) -> Write | None:
    """A function that writes one text frame: never waits, does nothing when the socket is not open."""
    write: Write | None = (scope.get("extensions") or {}).get(EXTENSION, {}).get("write")
    return write

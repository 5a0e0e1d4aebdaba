"""Requests to the platforms' door as a web server makes them, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from apps.webhooks.door import WebhookDoor

T = TypeVar("T")


@dataclass(slots=True)
class Asked:
    """What the server was told to answer; `status` 0 when it was told nothing."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            self.body += message["body"]


async def django(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Stands for the application behind the door: says that it was asked."""
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b"behind"})


def hook(path: str, body: bytes = b"{}", headers: Mapping[str, str] | None = None, **scope: Any) -> Asked:
    """One request to a door of its own."""
    return together([(path, body, headers or {})], **scope)[0]


def together(requests: Sequence[tuple[str, bytes, Mapping[str, str]]], **scope: Any) -> list[Asked]:
    """Requests to one door at the same time."""

    async def ask_all(door: WebhookDoor) -> list[Asked]:
        return list(await asyncio.gather(*(ask(door, *request, **scope) for request in requests)))

    return with_door(ask_all)


def with_door(use: Callable[[WebhookDoor], Awaitable[T]]) -> T:
    """Run `use` on a door of its own, closed afterwards."""

    async def run() -> T:
        door = WebhookDoor(django)
        try:
            return await use(door)
        finally:
            await door.close()

    return asyncio.run(run())


async def ask(
    door: WebhookDoor, path: str, body: bytes = b"{}", headers: Mapping[str, str] | None = None, **scope: Any
) -> Asked:
    """One request, its body in one piece."""
    asked = Asked()
    pieces = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        return next(pieces, {"type": "http.disconnect"})

    await door(asking(path, headers or {}, **scope), receive, asked.send)
    return asked


def asking(path: str, headers: Mapping[str, str], **scope: Any) -> dict[str, Any]:
    given = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "scheme": "http",
        "headers": given,
        **scope,
    }

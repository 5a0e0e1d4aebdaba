"""Who may open the console's socket: pages of this service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class SameOrigin:
    """Lets in one Origin header, equal to BASE_URL to the byte; anything else gets 403 to the handshake.

    A socket is not bound by the browser's same-origin rule, so the session cookie alone would let any page
    on the web listen (RELIABILITY S6). Channels' OriginValidator compares the parts of a parsed address,
    and fails with an exception on what it cannot parse.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        if origins == [settings.BASE_URL.encode()]:
            await self.application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close"})

"""Every socket of the service; each door keeps its own list and says who may open one."""

from __future__ import annotations

from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from apps.console.sockets import websocket_urlpatterns as console
from apps.widget.sockets import websocket_urlpatterns as widget


async def refuse(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """403 to a handshake at an address that does not exist."""
    await receive()
    await send({"type": "websocket.close"})


websocket = URLRouter([*console, *widget, re_path(r"", refuse)])  # type: ignore[arg-type]

"""The console's sockets, for config/sockets.py."""

from __future__ import annotations

from django.urls import URLPattern, path

from apps.console.live.consumer import InboxSocket
from apps.console.live.origin import SameOrigin

websocket_urlpatterns: list[URLPattern] = [
    path("<slug:tenant>/inbox/live/", SameOrigin(InboxSocket.as_asgi())),  # type: ignore[arg-type]
]

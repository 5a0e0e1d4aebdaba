"""The widget's sockets, for config/sockets.py."""

from __future__ import annotations

from django.urls import path

from apps.widget.live.consumer import VisitorSocket

websocket_urlpatterns = [path("widget/v1/live/", VisitorSocket.as_asgi())]

"""HTTP to Django, sockets to the consumer."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.naive.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from benchmarks.naive.consumers import LiveConsumer  # noqa: E402

live = path("live/", LiveConsumer.as_asgi())
application = ProtocolTypeRouter({"http": http, "websocket": URLRouter([live])})  # type: ignore[list-item]

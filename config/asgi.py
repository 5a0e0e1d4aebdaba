"""The web process: pages and hooks over HTTP, the console's and the widget's sockets."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402

from apps.core.handler import Handler  # noqa: E402
from apps.core.request_ids import NumberRequests  # noqa: E402
from apps.webhooks.door import WebhookDoor  # noqa: E402
from config.loaded import load  # noqa: E402
from config.running import begin  # noqa: E402
from config.sockets import websocket  # noqa: E402
from config.startup import refuse_unsafe  # noqa: E402

refuse_unsafe()
load()
begin("web")

# Programs do not keep people waiting, and nobody those who ask whether we live: they would end us for it.
http = Handler(apart={"/api/": 4, "/livez": 1, "/readyz": 1})
doors = {"http": WebhookDoor(http), "websocket": websocket}
application = NumberRequests(ProtocolTypeRouter(doors))

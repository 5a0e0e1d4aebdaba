"""The business's own system, as a server."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from tests.platforms.custom.payloads import CREDS, SECRET


class System:
    """The business's own: it keeps what it is told, checked by the reference library, and answers as told."""

    def __init__(self) -> None:
        self.url, self.told, self.keys = "", list[dict[str, Any]](), list[str]()
        self.answer: web.Response | None = None

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.told.append(Webhook(SECRET).verify(body, dict(request.headers)))
        self.keys.append(request.headers["webhook-id"])
        return self.answer or web.json_response({"id": "theirs", "name": "Shop"})

    @property
    def creds(self) -> dict[str, str]:
        return {**CREDS, "base_url": f"{self.url}/in"}

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from apps.core.http import Egress, HttpDoor
from tests.platforms.graph import Server, graph_server

from .payloads import NUMBER_ID

SENT = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": "4915112345678", "wa_id": "4915112345678"}],
    "messages": [{"id": "wamid.OUT"}],
}


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with graph_server() as server:
        server.answers[f"POST {NUMBER_ID}/messages"] = SENT
        server.answers[f"POST {NUMBER_ID}/media"] = {"id": "MEDIA"}
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door

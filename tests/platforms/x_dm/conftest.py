from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from apps.core.http import Egress, HttpDoor
from tests.platforms.recording import Server, recording_server

from .payloads import SEND, SENT


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with recording_server() as server:
        server.answers[SEND] = SENT
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door

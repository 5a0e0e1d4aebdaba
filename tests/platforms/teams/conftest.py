from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from apps.core.http import Egress, HttpDoor
from tests.platforms.rest import Server, rest_server


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with rest_server() as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door

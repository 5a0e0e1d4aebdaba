from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from apps.core.http import Egress, HttpDoor
from tests.platforms.slack.server import Server, web_api


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with web_api() as found:
        yield found

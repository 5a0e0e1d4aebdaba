from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from apps.core.http import Egress, HttpDoor

from .gateway import Apple
from .payloads import CREDS


@pytest.fixture
async def apple() -> AsyncIterator[Apple]:
    apple = Apple()
    await apple.server.start_server()
    yield apple
    await apple.server.close()


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


@pytest.fixture
def creds(apple: Apple) -> dict[str, str]:
    return CREDS | {"base_url": apple.url}

"""The door to call by, and the business's own system to call."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from apps.core.http import Egress, HttpDoor
from tests.platforms.custom.system import System


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1")) as door:
        yield door


@pytest.fixture
async def system() -> AsyncIterator[System]:
    found, application = System(), web.Application()
    application.router.add_post("/in", found.take)
    application.router.add_get("/f", _file)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


async def _file(request: web.Request) -> web.Response:
    return web.Response(body=b"PNG", content_type="image/png", status=int(request.query.get("status", 200)))

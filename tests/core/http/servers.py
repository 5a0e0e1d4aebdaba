"""Real servers that answer as a test says, for the outbound door to call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from apps.core.http import Egress, HttpDoor

CANARY = "123456:canary-token"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serve(routes: dict[str, Handler]) -> AsyncIterator[Server]:
    application = web.Application(client_max_size=2**28)
    for path, handler in routes.items():
        application.router.add_route("*", path, handler)
    async with running(application) as server:
        yield server


@asynccontextmanager
async def running(application: web.Application) -> AsyncIterator[Server]:
    """On a port that is free."""
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield Server(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[Server]:
    """Reads the head of a request, writes `answer`, hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield Server(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


def local() -> HttpDoor:
    return HttpDoor(Egress.parse("127.0.0.1"))

"""A provider for fault stories: Telegram's sendMessage over real HTTP, told what to do with each call.

"ok" answers, "slow" after three seconds; "hang" accepts and never answers; "reset" accepts and cuts the
line; a number is a status. What was accepted is the ground truth for the tests.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


class Provider:
    def __init__(self) -> None:
        self.accepted: list[str] = []
        self.script: list[str] = []
        self.seen = threading.Event()
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        data = await request.json()
        if not request.path.endswith("/sendMessage"):
            return web.json_response({"ok": True, "result": True})
        what = self.script.pop(0) if self.script else "ok"
        if what in ("ok", "hang", "reset", "slow"):
            self.accepted.append(data["text"])
        self.seen.set()
        if what == "slow":
            await asyncio.sleep(3)
        if what == "hang":
            await asyncio.sleep(600)
        if what == "reset" and request.transport is not None:
            request.transport.abort()
        if what.isdigit():
            body = {"ok": False, "error_code": int(what), "description": "scripted"}
            return web.json_response(body, status=int(what))
        return web.json_response({"ok": True, "result": {"message_id": len(self.accepted)}})


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider, loop, ready = Provider(), asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{anything:.*}", provider.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()

    def run() -> None:
        loop.create_task(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield provider
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)

"""Story: the real web process, a real socket. It restarts, Redis dies and returns; nobody misses anything."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from django.conf import settings

from apps.conversations import live_stop
from apps.conversations.live_hints import Hearing
from apps.core import realtime
from apps.core.embedded.redis import Redis
from tests.console.live.page import agent_of, cookies, customer_says, head, work
from tests.service import Service
from tests.worlds import Side, World

SECONDS = 10


@pytest.fixture
def web(database: None, tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    service.start("web")
    yield service
    service.stop_all()


async def test_a_restart_says_when_to_come_back_and_loses_nothing(
    committed_world: World, web: Service
) -> None:
    side = committed_world.filante
    cookie = cookies(await work(agent_of, side))
    async with _open(cookie, side, await work(head, side)) as socket:
        ready = await _until(socket, "ready")
        stopping = asyncio.create_task(asyncio.to_thread(web.stop, "web", signal.SIGTERM))
        assert 0 <= (await _until(socket, "restart"))["after_ms"] <= live_stop.EACH_MS
        await _ended(socket)
        assert socket.close_code == 1012
        await stopping
    element = await work(customer_says, side, "Pendant le redémarrage")
    await asyncio.to_thread(web.start, "web")
    async with _open(cookie, side, ready["cursor"]) as socket:
        thread, rows = await _until(socket, "frames"), await _until(socket, "frames")
        appended = [piece["t"] for piece in thread["frames"] + rows["frames"] if piece["a"] == "append"]
        assert appended == [element, f"conv-{side.conversation.pk}"]
        assert (await _until(socket, "ready"))["missed"]["messages"] == 1


@pytest.mark.advisory("S7", "Daphne CVE-2026-44545")
async def test_what_the_wire_refuses(committed_world: World, web: Service) -> None:
    """Too large, broken UTF-8, a foreign page, no such address; the server lives on (RELIABILITY S7)."""
    side = committed_world.filante
    cookie = cookies(await work(agent_of, side))
    for origin in ("https://evil.example", "null", settings.BASE_URL.replace("http", "https")):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with _open(cookie, side, 0, origin=origin):
                pass
        assert refused.value.status == 403
    async with _open("", side, 0) as stranger:
        await _ended(stranger)
        assert stranger.close_code == 4404
    async with _open(cookie, side, 10**6) as lost:
        assert (await _until(lost, "resync"))["op"] == "resync"
        await _ended(lost)
        assert lost.close_code == 4001
    async with _open(cookie, side, await work(head, side)) as calm:
        await _until(calm, "ready")
        async with _open(cookie, side, 0) as large:
            await large.send_str("x" * (64 * 1024 + 1))
            await _ended(large)
        async with _open(cookie, side, 0) as broken:
            await broken._writer.send_frame(b"\xff\xfe", aiohttp.WSMsgType.TEXT)
            await _ended(broken)
        await calm.send_str('{"op":"ping","got":1}')
        assert (await _until(calm, "pong"))["op"] == "pong"
    assert '"level": "error"' not in web.log("web")


async def test_hints_are_heard_again_after_redis_dies(settings: Any, tmp_path: Path) -> None:
    """RELIABILITY C9: with the wrong layer a listener is silent for ever."""
    redis = Redis(tmp_path)
    await asyncio.to_thread(redis.start)
    backend = "channels_redis.pubsub.RedisPubSubChannelLayer"
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": {"hosts": [redis.url]}}}
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    hearing = Hearing(heard.put_nowait)
    hearing.join("t.one")
    running = asyncio.create_task(hearing.run())
    try:
        await _hears(heard, "t.one")
        await asyncio.to_thread(redis.stop)
        hearing.join("t.two")  # while it is away
        await asyncio.sleep(1.5)
        await asyncio.to_thread(redis.start)
        await _hears(heard, "t.one")
        await _hears(heard, "t.two")
    finally:
        running.cancel()
        await asyncio.to_thread(redis.stop)


async def _hears(heard: asyncio.Queue[dict[str, Any]], group: str) -> None:
    """Say it until it is heard: each hint may be lost, not all of them."""
    for number in range(40):
        realtime.hint(group, {"type": "test", "group": group, "number": number})
        while not heard.empty():
            if heard.get_nowait()["group"] == group:
                return
        await asyncio.sleep(0.25)
    raise AssertionError(f"nothing heard in {group}")


@asynccontextmanager
async def _open(
    cookie: str, side: Side, cursor: int, origin: str = settings.BASE_URL
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    url = f"{settings.BASE_URL}/{side.slug}/inbox/live/"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers={"Origin": origin, "Cookie": cookie}) as socket,
    ):
        hello = {"op": "hello", "cursor": cursor, "watch": str(side.conversation.pk)}
        await socket.send_str(json.dumps(hello))
        yield socket


async def _until(socket: aiohttp.ClientWebSocketResponse, op: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = await socket.receive_json(timeout=SECONDS)
        if frame["op"] == op:
            return frame


async def _ended(socket: aiohttp.ClientWebSocketResponse) -> None:
    ends = (
        aiohttp.WSMsgType.CLOSE,
        aiohttp.WSMsgType.CLOSED,
        aiohttp.WSMsgType.CLOSING,
        aiohttp.WSMsgType.ERROR,
    )
    while (await socket.receive(SECONDS)).type not in ends:
        pass

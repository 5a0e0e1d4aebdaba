"""Pages that follow a socket, and must in the end show what a page fetched afresh shows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.chaos.history import History

ACK_FRAMES, ACK_CHARS = 64, 128 * 1024  # as the pages do: the server waits for them beyond a window
SILENT_SECONDS = 10.0  # after which a page asks whether anybody is there
PATIENCE = 15.0  # seconds for what was told last to reach a page on a busy machine
LOOK_SECONDS = 0.1


@asynccontextmanager
async def open_socket(
    address: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """On a connection of its own, as browsers do it: never on one that a page has left open."""
    async with aiohttp.ClientSession() as http, http.ws_connect(address, headers=headers) as socket:
        yield socket


class Frames:
    """The frames of one socket, acknowledged on the way; they end with the socket or with `stopping`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, stopping: asyncio.Event) -> None:
        self._socket, self._stopping = socket, stopping
        self._got = self._acked = self._chars = 0

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        while not self._stopping.is_set():
            try:
                message = await self._socket.receive(timeout=SILENT_SECONDS)
            except TimeoutError:
                await self._ping()
                continue
            if message.type is not aiohttp.WSMsgType.TEXT:
                return
            self._got += 1
            self._chars += len(message.data)
            yield json.loads(message.data)
            if self._got - self._acked >= ACK_FRAMES or self._chars >= ACK_CHARS:
                await self._ping()

    async def _ping(self) -> None:
        await self._socket.send_str(json.dumps({"op": "ping", "got": self._got}))
        self._acked, self._chars = self._got, 0


async def compare(
    history: History,
    who: str,
    tenant: str,
    conversation: str,
    seen: Callable[[], list[str]],
    fresh: list[str],
) -> None:
    """Wait until `seen` is `fresh`, which no longer changes, and note both with the seconds that it took."""
    began, wanted = time.monotonic(), sorted(fresh)
    while sorted(seen()) != wanted and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(LOOK_SECONDS)
    took = round(time.monotonic() - began, 1)
    facts = {"seen": sorted(seen()), "fresh": wanted, "took": took}
    history.note("followed", who=who, tenant=tenant, conversation=conversation, **facts)

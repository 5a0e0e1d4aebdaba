"""Agents' open pages: each follows one conversation over the console's socket, as static/js/live.js does.

At the end its thread must be what a page fetched afresh shows.
"""

from __future__ import annotations

import asyncio
import json
import random
import re

import aiohttp

from tests.chaos.history import History

TURN = re.compile(r'<li class="turn[^>]*\bid="(m-[0-9a-f-]+)"[^>]*\bdata-seq="(\d+)"')
CURSOR = re.compile(r'data-cursor="(\d+)"')
GONE = (OSError, aiohttp.ClientError, TimeoutError)
AFRESH = (4001, 4003, 4404)  # closing codes after which the page loads again
FINISH_TRIES = 15
TIMEOUT = aiohttp.ClientTimeout(total=10)


class Watcher:
    """`turns` is the thread as the page has it: element id and number."""

    def __init__(
        self, url: str, tenant: dict[str, str], conversation: str, pk: str, http: aiohttp.ClientSession
    ) -> None:
        self.url, self.tenant, self.http = url, tenant, http
        self.conversation, self.pk = conversation, pk
        self.turns: dict[str, int] = {}
        self.cursor: int | None = None
        self.resumed: list[float] = []  # seconds from a broken socket to a live one
        self._choose = random.Random(conversation)
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._lost_at: float | None = None

    async def follow(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            try:
                if self.cursor is None:
                    self.turns, self.cursor = await self._page()
                await self._follow_once(stopping)
            except GONE:
                pass
            self._lost_at = self._lost_at or asyncio.get_running_loop().time()
            await asyncio.sleep(self._choose.uniform(0.2, 1.0))

    def cut(self) -> None:
        if self._socket is not None and self._socket._writer.transport is not None:
            self._socket._writer.transport.abort()

    async def finish(self, history: History) -> None:
        """Note what was followed and what a fresh page shows, from that page's first turn on."""
        for _ in range(FINISH_TRIES):  # what was told last may still be on its way to a busy page
            fresh, _ = await self._page()
            first = min(fresh.values(), default=0)
            seen = sorted(turn for turn, number in self.turns.items() if number >= first)
            if seen == sorted(fresh):
                break
            await asyncio.sleep(1)
        history.note(
            "followed", who=f"agent of {self.tenant['name']}", tenant=self.tenant["name"],
            conversation=self.conversation, seen=seen, fresh=sorted(fresh),
        )  # fmt: skip

    async def _page(self) -> tuple[dict[str, int], int]:
        address = f"{self.url}/{self.tenant['slug']}/inbox/all/{self.pk}/"
        headers = {"Cookie": self.tenant["cookie"]}
        async with self.http.get(address, headers=headers, timeout=TIMEOUT) as answer:
            text = await answer.text()
            cursor = CURSOR.search(text)
            if answer.status != 200 or cursor is None:
                raise OSError(f"the inbox answered {answer.status}")
            return {turn: int(number) for turn, number in TURN.findall(text)}, int(cursor[1])

    async def _follow_once(self, stopping: asyncio.Event) -> None:
        address = f"{self.url.replace('http', 'ws', 1)}/{self.tenant['slug']}/inbox/live/"
        headers = {"Cookie": self.tenant["cookie"], "Origin": self.url}
        async with self.http.ws_connect(address, headers=headers) as socket:
            self._socket = socket
            hello = {"op": "hello", "cursor": self.cursor, "watch": self.pk, "view": "all"}
            await socket.send_str(json.dumps(hello))
            got = 0
            while not stopping.is_set():
                try:
                    message = await socket.receive(timeout=10)
                except TimeoutError:
                    await socket.send_str(json.dumps({"op": "ping", "got": got}))
                    continue
                if message.type is not aiohttp.WSMsgType.TEXT:
                    self.cursor = None if socket.close_code in AFRESH else self.cursor
                    return
                got += 1
                self._apply(json.loads(message.data))
                if got % 32 == 0:
                    await socket.send_str(json.dumps({"op": "ping", "got": got}))

    def _apply(self, frame: dict[str, object]) -> None:
        op = frame["op"]
        if op == "resync":
            self.cursor = None
        if op == "ready" and self._lost_at is not None:
            self.resumed.append(asyncio.get_running_loop().time() - self._lost_at)
            self._lost_at = None
        if op == "frames":
            for piece in frame["frames"]:  # type: ignore[attr-defined]
                self._piece(piece)
        if self.cursor is not None:
            self.cursor = int(frame.get("seq", frame.get("cursor", self.cursor)))  # type: ignore[call-overload]

    def _piece(self, piece: dict[str, str]) -> None:
        """As the page does: append replaces what is there, replace does nothing to what is not."""
        if piece["r"] != "thread":
            return
        found = TURN.search(piece.get("h") or "")
        if piece["a"] == "remove":
            self.turns.pop(piece["t"], None)
        elif found and (piece["a"] == "append" or found[1] in self.turns):
            self.turns[found[1]] = int(found[2])

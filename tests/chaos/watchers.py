"""Agents' open pages: each follows one conversation over the console's socket, as static/js/live.js does.

At the end its thread must be what a page fetched afresh shows, what it says of each delivery included.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp

from tests.chaos.following import Frames, compare, open_socket
from tests.chaos.history import History

TURN = re.compile(
    r'<li class="turn[^>]*\bid="(?P<id>m-[0-9a-f-]+)"[^>]*\bdata-seq="(?P<seq>\d+)"(?P<inside>.*?)</li>',
    re.DOTALL,
)
STATUS = re.compile(r'<p class="status[^>]*>(.*?)</p>', re.DOTALL)
TAG = re.compile(r"<[^>]*>|\s+")
CURSOR = re.compile(r'data-cursor="(\d+)"')
GONE = (OSError, aiohttp.ClientError, TimeoutError)
AFRESH = (4001, 4003, 4404)  # closing codes after which the page loads again
TIMEOUT = aiohttp.ClientTimeout(total=10)


class Turn(NamedTuple):
    """One message as the page has it: its number, and what stands below it of its delivery."""

    seq: int
    status: str


class Watcher:
    """`turns` is the thread as the page has it, by element id."""

    def __init__(
        self,
        url: str,
        tenant: dict[str, str],
        conversation: str,
        pk: str,
        history: History,
        http: aiohttp.ClientSession,
    ) -> None:
        self.url, self.tenant, self.history, self.http = url, tenant, history, http
        self.conversation, self.pk = conversation, pk
        self.turns: dict[str, Turn] = {}
        self.cursor: int | None = None
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

    async def finish(self) -> None:
        """Note what was followed and what a fresh page shows, from that page's first turn on."""
        fresh, _ = await self._page()
        first = min((turn.seq for turn in fresh.values()), default=0)
        name = self.tenant["name"]

        def seen() -> list[str]:
            return _words({pk: turn for pk, turn in self.turns.items() if turn.seq >= first})

        await compare(self.history, f"agent of {name}", name, self.conversation, seen, _words(fresh))

    async def _page(self) -> tuple[dict[str, Turn], int]:
        address = f"{self.url}/{self.tenant['slug']}/inbox/all/{self.pk}/"
        headers = {"Cookie": self.tenant["cookie"]}
        async with self.http.get(address, headers=headers, timeout=TIMEOUT) as answer:
            text = await answer.text()
            cursor = CURSOR.search(text)
            if answer.status != 200 or cursor is None:
                raise OSError(f"the inbox answered {answer.status}")
            return dict(map(_turn, TURN.finditer(text))), int(cursor[1])

    async def _follow_once(self, stopping: asyncio.Event) -> None:
        address = f"{self.url.replace('http', 'ws', 1)}/{self.tenant['slug']}/inbox/live/"
        headers = {"Cookie": self.tenant["cookie"], "Origin": self.url}
        async with open_socket(address, headers) as socket:
            self._socket = socket
            hello = {"op": "hello", "cursor": self.cursor, "watch": self.pk, "view": "all"}
            await socket.send_str(json.dumps(hello))
            async for frame in Frames(socket, stopping):
                self._apply(frame)
            self.cursor = None if socket.close_code in AFRESH else self.cursor

    def _apply(self, frame: dict[str, object]) -> None:
        op = frame["op"]
        if op == "resync":
            self.cursor = None
        if op == "ready" and self._lost_at is not None:
            away = asyncio.get_running_loop().time() - self._lost_at
            self.history.note("live", conversation=self.conversation, seconds=round(away, 2))
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
        elif found and (piece["a"] == "append" or found["id"] in self.turns):
            self.turns.update([_turn(found)])


def _turn(found: re.Match[str]) -> tuple[str, Turn]:
    """Its element id, and what we compare of it."""
    status = " ".join(TAG.sub(" ", each).strip() for each in STATUS.findall(found["inside"]))
    return found["id"], Turn(int(found["seq"]), " ".join(status.split()))


def _words(turns: Mapping[str, Turn]) -> list[str]:
    return [f"{pk} {turn.status}" for pk, turn in turns.items()]

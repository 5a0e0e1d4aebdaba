"""Visitors of web chat: the one platform whose other side is ours (class K). They speak the widget's protocol
and follow their socket; what they hold at the end is what the provider's log is for the others."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from typing import Any
from uuid import uuid4

import aiohttp

from tests.chaos import names
from tests.chaos.following import Frames, compare, open_socket
from tests.chaos.history import History
from tests.chaos.names import Said
from tests.chaos.resting import rest

AGAIN_SECONDS = 1.0
SLOWEST = 2.5  # seconds between a visitor's sayings: the widget's own limit is one every two
TIMEOUT = aiohttp.ClientTimeout(total=10)
GONE = (OSError, aiohttp.ClientError, TimeoutError)


class Visitor:
    def __init__(
        self,
        url: str,
        tenant: str,
        number: int,
        entry_point: str,
        history: History,
        http: aiohttp.ClientSession,
    ) -> None:
        self.url, self.http, self.history = f"{url}/widget/v1/", http, history
        self.tenant, self.conversation = tenant, f"{tenant}/webchat/{number}"
        self.entry_point, self.token, self.cursor = entry_point, "", ""
        self.said = 0
        self.seen: dict[str, dict[str, Any]] = {}  # what the panel shows
        self.met: dict[str, dict[str, Any]] = {}  # and what it ever showed: a fresh state has the latest only
        self._choose = random.Random(self.conversation)
        self._socket: aiohttp.ClientWebSocketResponse | None = None

    async def talk(self, pause: float, stopping: asyncio.Event) -> None:
        while not self.token and not stopping.is_set():
            state = await self._call("session/", {"entry_point": self.entry_point, "locale": "fr"})
            if state:
                self.token = state["token"]
                self._apply(state)
        while not stopping.is_set():
            await self._say(Said("in", self.conversation, self.said + 1))
            self.said += 1
            await rest(SLOWEST + self._choose.expovariate(1 / pause), stopping)

    async def follow(self, stopping: asyncio.Event) -> None:
        """Keep a socket and resume it until told to stop."""
        while not stopping.is_set():
            if self.token:
                with suppress(*GONE):
                    await self._follow_once(stopping)
            await asyncio.sleep(self._choose.uniform(0.2, 1.0))

    def cut(self) -> None:
        """The network drops the socket."""
        if self._socket is not None and self._socket._writer.transport is not None:
            self._socket._writer.transport.abort()

    async def finish(self) -> None:
        """Compare what was followed with a fresh read, which is also what the customer got."""
        fresh = None
        while fresh is None:
            fresh = await self._call("session/", {"entry_point": self.entry_point})
        rows = sorted(fresh["messages"], key=lambda row: row["seq"])  # the last ones only
        first = min((row["seq"] for row in rows), default=0)

        def seen() -> list[str]:
            return [pk for pk, row in self.seen.items() if row["seq"] >= first]

        who = f"visitor {self.conversation}"
        await compare(self.history, who, self.tenant, self.conversation, seen, [row["id"] for row in rows])
        everything = {**self.met, **{row["id"]: row for row in rows}}
        for row in sorted(everything.values(), key=lambda row: row["seq"]):
            said = names.read(row["text"])
            if row["from"] == "business" and said:
                self.history.note(
                    "provided", conversation=said.conversation, number=said.number,
                    tenant=self.tenant, answered="ok", **{"class": "K"},
                )  # fmt: skip

    async def _say(self, said: Said) -> None:
        body = {"client_id": str(uuid4()), "text": said.text}
        facts = {"conversation": said.conversation, "number": said.number, "ref": ""}
        while True:
            began = time.time()
            self.history.note("inbound", phase="invoke", began=began, **facts)
            answer = await self._call("messages/", body)
            self.history.note("inbound", phase="ok" if answer else "info", began=began, **facts)
            if answer:
                return

    async def _call(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer, None for anything but a good one, after a pause."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with self.http.post(self.url + path, json=body, headers=headers, timeout=TIMEOUT) as answer:
                if answer.status < 300:
                    found: dict[str, Any] = await answer.json()
                    return found
                await asyncio.sleep(float(answer.headers.get("Retry-After", 0)))
        except GONE:
            pass
        await asyncio.sleep(AGAIN_SECONDS)
        return None

    async def _follow_once(self, stopping: asyncio.Event) -> None:
        async with open_socket(self.url.replace("http", "ws", 1) + "live/") as socket:
            self._socket = socket
            hello = {"op": "hello", "token": self.token, "cursor": self.cursor}
            await socket.send_str(json.dumps(hello))
            async for frame in Frames(socket, stopping):
                self._apply(frame)

    def _apply(self, frame: dict[str, Any]) -> None:
        if frame.get("resync"):
            self.seen = {}
        for row in frame.get("messages", ()):
            if row.get("removed"):
                self.seen.pop(row["id"], None)
            else:
                self.seen[row["id"]] = self.met[row["id"]] = row
        self.cursor = frame.get("cursor", self.cursor)

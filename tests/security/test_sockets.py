"""Both socket protocols, fuzzed on the running web process: whatever is sent, the answer is a code and a
number to ask about; nothing of the inside is told, nothing fails, and other sockets do not notice."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.console.live.consumer import InboxSocket
from apps.widget.live.consumer import VisitorSocket
from tests.conftest import empty_database
from tests.console.live.page import agent_of, cookies, head
from tests.service import Service
from tests.widget.panels import panel
from tests.worlds import World, make_world

SECONDS = 10
PER_SOCKET = 20  # examples; the pace allows 60 frames at once, and each example is two
CODES = {"garbled", "too_large", "unknown_op", "hello_first", "hello_twice", "not_found"}
PEACEFUL = {"frames", "counts", "typing", "viewers", "changes"}  # what is told to anybody at any time
ENDS = {1006, 4001, 4003, 4008, 4010, 4029, 4404}  # 1006: too large or no UTF-8, refused before us

METHODS = sorted({*dir(InboxSocket), *dir(VisitorSocket), "base", "websocket.receive", "constructor"})
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.uuids().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
OPS = st.sampled_from(["hello", "watch", "typing", "ping", *METHODS])
FACTS = ["cursor", "watch", "conversation", "on", "got", "token", "view", "type", "channel", "__proto__"]
OBJECTS = st.fixed_dictionaries({"op": OPS | ANY}, optional=dict.fromkeys(FACTS, ANY))
DEEP = st.builds(
    lambda piece, times: piece * times, st.sampled_from(["[", '{"op":', '[{"a":']), st.integers(1, 9000)
)
LONG = st.integers(8_000, 70_000).map(lambda many: json.dumps({"op": "ping", "got": 0, "pad": "x" * many}))
NUMBER = st.integers(1, 9000).map(lambda digits: '{"op":"ping","got":' + "9" * digits + "}")
TEXTS = (OBJECTS | ANY).map(json.dumps) | st.text() | DEEP | LONG | NUMBER
FRAMES = st.tuples(st.just(aiohttp.WSMsgType.TEXT), TEXTS.map(lambda text: text.encode("utf-8", "replace")))
FRAMES |= st.tuples(
    st.sampled_from([aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY]), st.binary(max_size=300)
)


@dataclass
class Door:
    """One of the two protocols, with what opens it. `socket` is replaced when it has served or was ended."""

    url: str
    headers: dict[str, str]
    hello: dict[str, Any]
    session: aiohttp.ClientSession | None = None
    socket: aiohttp.ClientWebSocketResponse | None = None
    served: int = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    ends: set[int | None] = field(default_factory=set)

    async def open(self, *, greet: bool) -> aiohttp.ClientWebSocketResponse:
        self.session = self.session or aiohttp.ClientSession()
        opened = await self.session.ws_connect(self.url, headers=self.headers)
        if greet:
            await opened.send_json(self.hello)
            while (await opened.receive_json(timeout=SECONDS))["op"] != "ready":
                pass
        return opened

    async def try_out(self, kind: aiohttp.WSMsgType, payload: bytes, *, greet: bool) -> None:
        """Send it, then a ping; what comes back until the ping's answer or the end."""
        if self.socket is None:
            self.socket, self.served = await self.open(greet=greet), 0
        self.served += 1
        with suppress(ConnectionResetError):  # it was ended for this or the one before: read what it said
            await self.socket._writer.send_frame(payload, kind)
            await self.socket.send_json({"op": "ping", "got": 0})
        while await self._hear(until={"pong"} if greet else {"pong", "hello_first"}):
            pass
        if self.socket is not None and self.served >= PER_SOCKET:
            await self.leave()

    async def _hear(self, *, until: set[str]) -> bool:
        """One frame; whether there is more to come."""
        assert self.socket is not None
        message = await self.socket.receive(SECONDS)
        if message.type is not aiohttp.WSMsgType.TEXT:
            self.ends.add(self.socket.close_code)
            await self.leave()
            return False
        frame = json.loads(message.data)
        self.told.append(frame)
        return not until & {frame["op"], frame.get("code")}

    async def leave(self) -> None:
        if self.socket is not None:
            await self.socket.close()
        self.socket = None

    async def close(self) -> None:
        await self.leave()
        if self.session is not None:
            await self.session.close()


Running = tuple[World, Service]


@pytest.fixture(scope="module")
def running(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with django_db_blocker.unblock():
        service = Service(tmp_path_factory.mktemp("web"))
        try:
            service.start("web")
            yield make_world(), service
        finally:
            service.stop_all()
            empty_database()


@pytest.fixture(params=["console", "widget"])
def door(request: pytest.FixtureRequest, running: Running) -> Door:
    service, here = running[1], running[0].filante
    if request.param == "console":
        headers = {"Origin": service.url, "Cookie": cookies(agent_of(here))}
        hello = {"op": "hello", "cursor": head(here), "watch": str(here.conversation.pk)}
        return Door(f"{service.url}/{here.slug}/inbox/live/", headers, hello)
    hello = {"op": "hello", "token": panel(here).token, "cursor": ""}
    return Door(f"{service.url}/widget/v1/live/", {"Origin": service.url}, hello)


@pytest.mark.advisory("S4", "Zammad CVE-2026-102489")
@pytest.mark.parametrize("greet", [True, False], ids=["greeted", "fresh"])
def test_whatever_is_sent(running: Running, door: Door, greet: bool) -> None:
    """S4: unknown words, wrong types, deep JSON, too much, binary, no UTF-8, names of methods."""
    with asyncio.Runner() as runner:

        @settings(
            max_examples=120, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(FRAMES)
        def each(frame: tuple[aiohttp.WSMsgType, bytes]) -> None:
            runner.run(door.try_out(*frame, greet=greet))

        try:
            calm = runner.run(door.open(greet=True))
            each()
            assert runner.run(_pinged(calm)) <= PEACEFUL
        finally:
            runner.run(door.close())
    assert door.ends <= ENDS
    errors = [frame for frame in door.told if frame["op"] == "error"]
    assert {frame["code"] for frame in errors} <= CODES
    assert {"garbled", "unknown_op"} <= {frame["code"] for frame in errors}
    assert {(frozenset(frame), len(frame["request_id"])) for frame in errors} == {
        (frozenset({"op", "code", "request_id"}), 12)
    }
    assert [line for line in running[1].log("web").splitlines() if '"level": "error"' in line] == []


async def _pinged(calm: aiohttp.ClientWebSocketResponse) -> set[str]:
    """What else the calm socket was told before it got its answer."""
    await calm.send_json({"op": "ping", "got": 1})
    told = set()
    while (op := (await calm.receive_json(timeout=SECONDS))["op"]) != "pong":
        told.add(op)
    return told


@pytest.mark.advisory("S7", "Daphne CVE-2026-44546")
@pytest.mark.parametrize(
    "byte", [b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x85", b"\r", b"\n", b"\x00"]
)
def test_a_header_is_one_line(running: Running, byte: bytes) -> None:
    """S7: a byte that some take for the end of a line puts no header of the sender's into the handshake."""
    world, service = running
    cookie = cookies(agent_of(world.filante)).encode()
    lines = [
        f"GET /{world.filante.slug}/inbox/live/ HTTP/1.1".encode(),
        b"Host: " + service.url.removeprefix("http://").encode(),
        b"Upgrade: websocket",
        b"Connection: Upgrade",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        b"Cookie: " + cookie,
        b"X-Said: a" + byte + b"Origin: " + service.url.encode(),
    ]
    assert b" 101 " not in _answer(service, lines)
    sound = [*lines[:-1], b"Origin: " + service.url.encode()]
    assert b" 101 " in _answer(service, sound)


def _answer(service: Service, lines: list[bytes]) -> bytes:
    """The first line of the answer; b"" when the server hangs up."""
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), SECONDS) as wire:
        wire.sendall(b"\r\n".join([*lines, b"", b""]))
        return wire.recv(4096).split(b"\r\n")[0]

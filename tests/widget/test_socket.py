"""The visitors' socket: admission, resume without gap or double, and nothing of anybody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from apps.connections.entry_points import archive
from apps.conversations.models import Conversation
from apps.conversations.notes import write_note
from apps.core import realtime, tenancy
from apps.core.sockets import outbox
from apps.core.sockets.frames import Close
from apps.widget import sessions
from apps.widget.live import consumer, guard
from apps.widget.models import Visitor
from apps.widget.sockets import websocket_urlpatterns
from tests.widget.panels import OWN, Panel, agent_says, conversation_of, panel
from tests.worlds import Side, World

SECONDS = 5.0
in_thread: Callable[..., Any] = sync_to_async


class Socket(WebsocketCommunicator):
    """A visitor's end."""

    def __init__(self, origin: str | None = OWN, query: str = "") -> None:
        headers = [(b"origin", origin.encode())] if origin is not None else []
        super().__init__(URLRouter(websocket_urlpatterns), f"/widget/v1/live/{query}", headers)

    async def say(self, **facts: Any) -> None:
        await self.send_to(text_data=json.dumps(facts))

    async def next(self, op: str) -> dict[str, Any]:
        """The next frame, which must be `op`."""
        frame = json.loads(await self.receive_from(SECONDS))
        assert frame["op"] == op, frame
        return frame

    async def ended(self) -> int:
        """The code with which the server closes, frames before it thrown away."""
        while True:
            message = await self.receive_output(SECONDS)
            if message["type"] == "websocket.close":
                return int(message["code"])


@asynccontextmanager
async def connected(token: str, *, cursor: str = "", **facts: Any) -> AsyncIterator[Socket]:
    socket = Socket(**facts)
    accepted, _ = await socket.connect(SECONDS)
    assert accepted
    try:
        await socket.say(op="hello", token=token, cursor=cursor)
        yield socket
    finally:
        await socket.disconnect()


async def test_an_answer_arrives_live(committed_world: World) -> None:
    here = committed_world.filante
    device = await in_thread(panel)(here)
    await in_thread(device.say)("bonjour")
    place = await in_thread(conversation_of)(here, "bonjour")
    async with connected(device.token) as socket:
        ready = await socket.next("ready")
        assert [each["text"] for each in ready["messages"]] == ["bonjour"]
        await in_thread(agent_says)(here, place, "j’arrive")
        told = await socket.next("changes")
        assert [each["text"] for each in told["messages"]] == ["j’arrive"]
        assert [each["with"] for each in told["conversations"]] == ["Bob"]


async def test_resume_tells_what_was_missed_once(committed_world: World) -> None:
    here = committed_world.filante
    device = await in_thread(panel)(here)
    await in_thread(device.say)("un")
    place = await in_thread(conversation_of)(here, "un")
    async with connected(device.token) as socket:
        cursor = (await socket.next("ready"))["cursor"]
    for text in ("deux", "trois"):
        await in_thread(agent_says)(here, place, text)
    async with connected(device.token, cursor=cursor) as socket:
        ready = await socket.next("ready")
        assert ([each["text"] for each in ready["messages"]], "resync" in ready) == (["deux", "trois"], False)
    async with connected(device.token, cursor=ready["cursor"]) as socket:
        assert (await socket.next("ready"))["messages"] == []


async def test_a_first_conversation_is_told_to_a_socket_that_was_there_before_it(
    committed_world: World,
) -> None:
    device = await in_thread(panel)(committed_world.filante)
    async with connected(device.token) as socket:
        assert (await socket.next("ready"))["messages"] == []
        await in_thread(device.say)("premier")
        told = await socket.next("changes")
        assert [each["text"] for each in told["messages"]] == ["premier"]


@pytest.mark.advisory("S16", "Zulip CVE-2022-31017")
async def test_nothing_of_anybody_else_comes(committed_world: World) -> None:
    here, there = committed_world.filante, committed_world.garance
    device, neighbour, far = [await in_thread(panel)(side) for side in (here, here, there)]
    for each in (device, neighbour, far):
        await in_thread(each.say)(f"bonjour de {each.token}")
    async with connected(device.token) as socket:
        await socket.next("ready")
        for side, other in ((here, neighbour), (there, far)):
            place = await in_thread(conversation_of)(side, f"bonjour de {other.token}")
            await in_thread(agent_says)(side, place, "pas pour vous")
        mine = await in_thread(conversation_of)(here, f"bonjour de {device.token}")
        await in_thread(_note)(here, mine)
        await in_thread(agent_says)(here, mine, "pour vous")
        told = await socket.next("changes")
        assert [each["text"] for each in told["messages"]] == ["pour vous"]


def _note(side: Side, place: Conversation) -> None:
    with tenancy.scope(side.id):
        write_note(place.pk, side.agent_membership, "interne", client_id=None)


async def test_an_agents_typing_is_shown_without_saying_whose(committed_world: World) -> None:
    here = committed_world.filante
    device = await in_thread(panel)(here)
    await in_thread(device.say)("bonjour")
    place = await in_thread(conversation_of)(here, "bonjour")
    hint = {"type": "console.types", "process": "p", "seat": "s", "person": {"id": "1", "name": "Bob Martin"}}
    async with connected(device.token) as socket:
        await socket.next("ready")
        await asyncio.sleep(0.3)  # the follower joins the channel layer in the background
        for conversation, on in ((str(place.pk), True), (None, False)):
            realtime.hint(realtime.tenant_group(here.id), {**hint, "conversation": conversation})
            assert await socket.next("typing") == {"op": "typing", "on": on}


@pytest.mark.parametrize("token", ["", "cptv_unknown", "x" * 100, "another tenant's", "revoked", "archived"])
@pytest.mark.advisory("S3", "Rocket.Chat CVE-2026-28514")
async def test_no_session_closes_alike(committed_world: World, token: str) -> None:
    """I7."""
    here = committed_world.filante
    device = await in_thread(panel)(here)
    if token == "another tenant's":
        device.token = device.token[::-1]
    elif token == "revoked":
        await in_thread(device.post)("session/end/")
    elif token == "archived":
        await in_thread(_archive)(here)
    else:
        device.token = token
    async with connected(device.token) as socket:
        assert await socket.ended() == Close.NOT_FOUND


def _archive(side: Side) -> None:
    with tenancy.scope(side.id):
        archive(side.entry_point, actor="alice")


@pytest.mark.parametrize(
    ("allowed", "origin", "welcome"),
    [
        ([], "https://any.example", True),
        ([], None, True),
        (["https://shop.example"], "https://shop.example", True),
        (["https://shop.example"], OWN, True),
        (["https://shop.example"], "https://shop.example.evil.example", False),
        (["https://shop.example"], "https://shop.example:444", False),
        (["https://shop.example"], "http://shop.example", False),
        ([], "http://any.example", False),
    ],
)
@pytest.mark.advisory("S6", "Cline CVE-2026-44211")
async def test_a_socket_opens_for_allowed_sites(
    committed_world: World, allowed: list[str], origin: str | None, welcome: bool
) -> None:
    here = committed_world.filante
    device = await in_thread(panel)(here)
    await in_thread(_allow)(here, allowed)
    async with connected(device.token, origin=origin) as socket:
        if welcome:
            await socket.next("ready")
        else:
            assert await socket.ended() == Close.NOT_FOUND


def _allow(side: Side, origins: list[str]) -> None:
    with tenancy.scope(side.id):
        side.entry_point.allowed_origins = origins
        side.entry_point.save()


@pytest.mark.parametrize("origin", ["null", "file://", "chrome-extension://abc", ""])
async def test_an_origin_that_is_no_site_is_refused_at_the_handshake(origin: str) -> None:
    accepted, _ = await Socket(origin).connect(SECONDS)
    assert not accepted


@pytest.mark.advisory("S15", "Chatwoot #15775")
async def test_a_token_in_the_address_counts_for_nothing(committed_world: World) -> None:
    device = await in_thread(panel)(committed_world.filante)
    async with connected("", query=f"?token={device.token}") as socket:
        assert await socket.ended() == Close.NOT_FOUND


@pytest.mark.advisory("S5", "Mattermost CVE-2026-9162")
async def test_a_session_that_ends_ends_its_open_socket(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SECONDS", 0.1)
    device = await in_thread(panel)(committed_world.filante)
    async with connected(device.token) as socket:
        await socket.next("ready")
        await in_thread(device.post)("session/end/")
        assert await socket.ended() == Close.REVOKED


async def test_who_says_no_hello_is_shown_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "HELLO_SECONDS", 0.1)
    socket = Socket()
    assert (await socket.connect(SECONDS))[0]
    assert await socket.ended() == Close.NO_HELLO


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "garbled"),
        ("[]", "garbled"),
        ('{"op":"base"}', "unknown_op"),
        ('{"op":"__class__"}', "unknown_op"),
        ('{"op":["hello"]}', "unknown_op"),
        ('{"op":"ping","got":-1}', "garbled"),
        ('{"op":"typing","on":true}', "hello_first"),
        ('{"op":"hello","token":7}', "garbled"),
        ('{"op":"hello","token":"cptv_\\ud800"}', "garbled"),
        ("[" * 7000, "garbled"),
        ("x" * 9000, "too_large"),
    ],
)
@pytest.mark.advisory("S4", "Zammad CVE-2026-102489")
async def test_what_is_no_frame_gets_a_code_and_a_number(text: str, code: str) -> None:
    """S4: nothing of the inside."""
    socket = Socket()
    await socket.connect(SECONDS)
    await socket.send_to(text_data=text)
    error = await socket.next("error")
    assert (error["code"], set(error)) == (code, {"op", "code", "request_id"})
    await socket.disconnect()


async def test_too_many_frames_end_the_socket() -> None:
    socket = Socket()
    await socket.connect(SECONDS)
    for _ in range(70):
        await socket.send_to(text_data="{")
    assert await socket.ended() == Close.TOO_FAST


async def test_who_does_not_read_is_let_go(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "MAX_FRAMES", 8)
    device = await in_thread(panel)(committed_world.filante)
    async with connected(device.token) as socket:
        await socket.next("ready")
        for _ in range(8):
            await socket.say(op="ping", got=0)
        assert await socket.ended() == Close.SLOW


async def test_a_device_that_is_proven_elsewhere_starts_afresh(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "SECONDS", 0.1)
    here = committed_world.filante
    device = await in_thread(panel)(here)
    async with connected(device.token) as socket:
        await socket.next("ready")
        await in_thread(_becomes_another)(here, device)
        assert await socket.ended() == Close.STALE


def _becomes_another(side: Side, device: Panel) -> None:
    with tenancy.scope(side.id):
        Visitor.objects.filter(sessions.good(device.token)).update(value=uuid4().hex)

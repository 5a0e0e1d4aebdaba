"""Who may open a socket at all (RELIABILITY S3, S6; ASVS 4.4.2)."""

from __future__ import annotations

import asyncio

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from config.sockets import websocket
from tests.console.live.page import Page, agent_of, cookies, dial, work
from tests.worlds import World

OURS = settings.BASE_URL
PORT = OURS.rpartition(":")[2]


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "https" + OURS.removeprefix("http"),
        "http://localhost:1",
        "http://localhost",
        f"http://evil.localhost:{PORT}",
        f"http://localhost.evil.example:{PORT}",
        f"http://localhost:{PORT}.evil.example",
        f"{OURS}/",
        OURS.upper(),
        f"{OURS} {OURS}",
        "http://localhost:not-a-port",
        "http://[",
        "\x0b\x1c\x85",
    ],
    ids=lambda origin: repr(origin.replace(PORT, "PORT")),
)
@pytest.mark.advisory("S6", "Cline CVE-2026-44211")
async def test_another_origin_is_refused(committed_world: World, origin: str) -> None:
    client = await work(agent_of, committed_world.filante)
    assert await _answer(dial(client, "filante", origin=origin)) == {"type": "websocket.close"}


async def test_two_origins_are_refused(committed_world: World) -> None:
    client = await work(agent_of, committed_world.filante)
    headers = [
        (b"origin", OURS.encode()),
        (b"origin", b"https://evil.example"),
        (b"cookie", cookies(client).encode()),
    ]
    socket = WebsocketCommunicator(websocket, "/filante/inbox/live/", headers=headers)
    assert await _answer(socket) == {"type": "websocket.close"}


@pytest.mark.parametrize(
    "path", ["/", "/filante/inbox/live", "/filante/inbox/live/more/", "/filante/setup/live/"]
)
async def test_another_address_is_refused(committed_world: World, path: str) -> None:
    client = await work(agent_of, committed_world.filante)
    headers = [(b"origin", OURS.encode()), (b"cookie", cookies(client).encode())]
    assert await _answer(WebsocketCommunicator(websocket, path, headers=headers)) == {
        "type": "websocket.close"
    }


@pytest.mark.advisory("S3", "Zammad CVE-2022-40816")
async def test_missing_and_foreign_tenants_and_strangers_answer_alike(committed_world: World) -> None:
    """Invariant I7."""
    client = await work(agent_of, committed_world.filante)
    for visitor, slug in [
        (client, "garance"),
        (client, "nowhere"),
        (Client(), "filante"),
        (Client(), "nowhere"),
    ]:
        page = await Page.open(visitor, slug)
        assert (await page.ended(), page.frames) == (4404, [])


async def test_a_session_in_the_address_is_not_taken(committed_world: World) -> None:
    client = await work(agent_of, committed_world.filante)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    headers = [(b"origin", OURS.encode())]
    path = f"/filante/inbox/live/?{settings.SESSION_COOKIE_NAME}={key}&token={key}"
    page = Page(WebsocketCommunicator(websocket, path, headers=headers))
    await page.socket.send_input({"type": "websocket.connect"})
    assert (await page.socket.output_queue.get())["type"] == "websocket.accept"
    assert await page.ended() == 4404


async def test_who_says_nothing_is_let_go(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.console.live.consumer.HELLO_SECONDS", 0.2)
    page = await Page.open(await work(agent_of, committed_world.filante), "filante")
    assert await page.ended() == 4010


async def _answer(socket: WebsocketCommunicator) -> dict[str, object]:
    await socket.send_input({"type": "websocket.connect"})
    answer: dict[str, object] = await asyncio.wait_for(socket.output_queue.get(), 5)
    return answer

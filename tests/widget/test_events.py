"""News for clients without a socket, and the cursor by which they are asked for."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient

from apps.conversations import stream
from apps.conversations.live import in_database
from apps.conversations.models import StreamCounter
from apps.core import tenancy
from apps.widget import cursors, sessions
from apps.widget.models import Visitor
from apps.widget.views import events
from tests.counted import resyncs
from tests.widget.panels import Panel, agent_says, conversation_of, panel
from tests.worlds import World

PATH = "/widget/v1/events/"
in_thread = in_database  # not the thread that the waiting request holds


def texts(answer: Any) -> list[str]:
    return [each["text"] for each in answer.json()["messages"]]


def ask(device: Panel, cursor: str) -> Any:
    return device.get(f"{PATH}?after={cursor}")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "WAIT_SECONDS", 0.1)


def test_news_is_told_once(committed_world: World, at_once: None) -> None:
    device = panel(committed_world.filante)
    device.say("un")
    everything = device.get(PATH).json()
    assert (everything["resync"], [each["text"] for each in everything["messages"]]) == (True, ["un"])
    device.say("deux")
    answer = ask(device, everything["cursor"])
    assert (texts(answer), "resync" in answer.json()) == (["deux"], False)
    assert texts(ask(device, answer.json()["cursor"])) == []


async def test_it_waits_for_news(committed_world: World) -> None:
    here = committed_world.filante
    device = await in_thread(panel)(here)
    await in_thread(device.say)("bonjour")
    place = await in_thread(conversation_of)(here, "bonjour")
    cursor = (await in_thread(device.start)()).json()["cursor"]
    waiting = asyncio.create_task(
        AsyncClient(SERVER_NAME="localhost").get(f"{PATH}?after={cursor}", headers=device.headers())
    )
    await asyncio.sleep(0.5)
    assert not waiting.done()
    await in_thread(agent_says)(here, place, "j’arrive")
    assert texts(await asyncio.wait_for(waiting, 5)) == ["j’arrive"]


def test_nothing_of_anybody_else_is_told(committed_world: World, at_once: None) -> None:
    here, there = committed_world.filante, committed_world.garance
    devices = [panel(here), panel(here), panel(there)]
    for number, device in enumerate(devices):
        device.say(f"visiteur {number}")
    for number, device in enumerate(devices):
        assert texts(device.get(PATH)) == [f"visiteur {number}"]


def test_a_cursor_is_its_visitors(committed_world: World, at_once: None) -> None:
    here = committed_world.filante
    device, stranger = panel(here), panel(here)
    cursor = device.start().json()["cursor"]
    before = resyncs("widget")
    assert ("resync" in ask(device, cursor).json(), "resync" in ask(stranger, cursor).json()) == (False, True)
    assert resyncs("widget") == before + 1


def test_a_cursor_from_a_future_starts_from_everything(committed_world: World, at_once: None) -> None:
    """A database restored from a backup does not know what it has told since."""
    device = panel(committed_world.filante)
    with tenancy.scope(committed_world.filante.id):
        visitor = Visitor.objects.get(sessions.good(device.token))
    assert ask(device, cursors.write(visitor.pk, 10**6)).json()["resync"] is True


def test_a_cursor_from_what_is_forgotten_starts_from_everything(
    committed_world: World, at_once: None
) -> None:
    here = committed_world.filante
    device = panel(here)
    device.say("un")
    cursor = device.get(PATH).json()["cursor"]
    device.say("deux")
    with tenancy.scope(here.id):
        StreamCounter.objects.update(whole_above=stream.head())
    answer = ask(device, cursor)
    assert (answer.json()["resync"], texts(answer)) == (True, ["un", "deux"])


@pytest.mark.parametrize("text", ["", "1", "x" * 22, "é" * 22, "A" * 22, "=" * 22])
def test_what_is_no_cursor(text: str) -> None:
    with pytest.raises(cursors.BadCursor):
        cursors.read(uuid4(), text)


@pytest.mark.parametrize("seq", [0, 1, 2**40, 2**63 - 1])
def test_a_cursor_reads_back(seq: int) -> None:
    visitor = uuid4()
    assert cursors.read(visitor, cursors.write(visitor, seq)) == seq


@pytest.mark.parametrize(
    ("allowed", "origin", "status"),
    [
        ([], "https://any.example", 200),
        (["https://shop.example"], "https://shop.example", 200),
        (["https://shop.example"], "https://other.example", 403),
        (["https://shop.example"], "null", 403),
    ],
)
def test_a_site_hears_only_where_it_may(
    committed_world: World, at_once: None, allowed: list[str], origin: str, status: int
) -> None:
    here = committed_world.filante
    device = panel(here)
    with tenancy.scope(here.id):
        here.entry_point.allowed_origins = allowed
        here.entry_point.save()
    device.origin = origin
    answer = device.get(PATH)
    assert answer.status_code == status
    assert answer.headers.get("Access-Control-Allow-Origin") == (origin if status == 200 else None)


def test_without_a_session_nothing_is_told(committed_world: World) -> None:
    answer = Panel(committed_world.filante.entry_point.key, token="cptv_no").get(PATH)
    assert (answer.status_code, answer.json()["error"]) == (401, "no_session")

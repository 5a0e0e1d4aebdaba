"""Story: a page that was away learns what it missed, all of it and once, even while others keep writing."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import psycopg
import pytest
from django.db import connection
from django.test import Client

from apps.conversations import assign
from apps.core import tenancy
from tests.console.live.page import Page, agent_of, customer_says, head, work
from tests.counted import resyncs
from tests.worlds import Side, World

WRITERS = 6
RESUMES = 12


async def test_what_was_missed_comes_before_ready(committed_world: World) -> None:
    side = committed_world.filante
    client, cursor = await work(agent_of, side), await work(head, side)
    elements = [await work(customer_says, side, f"Question {number}") for number in range(3)]
    page = await Page.at(client, side, cursor=cursor, watch=side.conversation.pk)
    ready = page.frames[-1]
    assert list(page.thread) == elements
    assert ready["cursor"] == await work(head, side)
    assert (ready["missed"]["messages"], ready["missed"]["conversations"]) == (3, 1)
    assert (
        "<span>3 messages arrived while you were away, in 1 conversation.</span>" in ready["missed"]["html"]
    )
    assert "<b>Reconnecting.</b>" in ready["offline"]
    await page.leave()


async def test_what_it_may_not_see_is_not_counted_as_missed(committed_world: World) -> None:
    side = committed_world.filante
    client, cursor = await work(agent_of, side), await work(head, side)
    await work(_to_front_desk, side)
    await work(customer_says, side, "Pour l’accueil")
    page = await Page.at(client, side, cursor=cursor, watch=None)
    assert page.frames[-1]["missed"] == {"messages": 0, "conversations": 0, "html": ""}
    assert (page.rows, page.removed) == (set(), {f"conv-{side.conversation.pk}"})
    await page.leave()


@pytest.mark.parametrize("away", ["in the future", "behind a deleted part", "too far behind"])
async def test_a_cursor_that_cannot_be_served_fetches_afresh(
    committed_world: World, away: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = committed_world.filante
    client, cursor = await work(agent_of, side), await work(head, side)
    if away == "behind a deleted part":
        await work(customer_says, side, "Effacé")
        await work(_delete_event, side, cursor + 1)
    elif away == "too far behind":
        monkeypatch.setattr("apps.console.live.hub.MAX_BEHIND", 1)
        await work(customer_says, side, "Un")
        await work(customer_says, side, "Deux")
    start = cursor + 1000 if away == "in the future" else cursor
    before = resyncs("console")
    page = await Page.open(client, side.slug)
    await page.say("hello", cursor=start, watch=None)
    assert await page.ended() == 4001
    assert [frame["op"] for frame in page.frames] == ["resync"]
    assert resyncs("console") == before + 1


async def test_opening_a_thread_repeats_what_happened_since_it_was_rendered(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    rendered_at = await work(head, side)
    element = await work(customer_says, side, "Entre les deux")
    await page.until("frames")
    assert page.thread == {}
    await page.say("watch", conversation=str(side.conversation.pk), cursor=rendered_at)
    await page.reads(lambda page: element in page.thread)
    assert page.thread == {element: 1}
    await page.leave()


async def test_resuming_while_six_writers_commit_misses_and_doubles_nothing(committed_world: World) -> None:
    """RELIABILITY C11: reading above a plain sequence lost 30 % of events in this situation."""
    side = committed_world.filante
    client, cursor = await work(agent_of, side), await work(head, side)
    seen, said, stop = Counter[str](), list[str](), Event()
    steady = await Page.at(client, side, cursor=cursor, watch=side.conversation.pk)
    with _writing(side, said, stop):
        following = asyncio.create_task(_follow_until(steady, stop, said))
        for _ in range(RESUMES):
            cursor = await _visit(client, side, cursor, seen)
    await _visit(client, side, cursor, seen)
    await following
    assert len(said) > 100
    assert seen == dict.fromkeys(said, 1)
    assert steady.thread == dict.fromkeys(said, 1)
    await steady.leave()


async def _visit(client: Client, side: Side, cursor: int, seen: Counter[str]) -> int:
    """Come, read a little, go; the cursor to come back with."""
    page = await Page.at(client, side, cursor=cursor, watch=side.conversation.pk)
    await page.silent(0.15)
    await page.leave()
    seen.update(page.thread)
    return page.cursor


@contextmanager
def _writing(side: Side, said: list[str], stop: Event) -> Iterator[None]:
    writers = [Thread(target=_write, args=(side, number, stop, said)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield
    finally:
        stop.set()
        for writer in writers:
            writer.join()


async def _follow_until(page: Page, stop: Event, said: list[str]) -> None:
    while not stop.is_set() or len(page.thread) < len(said):
        await page.silent(0.2)


def _write(side: Side, number: int, stop: Event, said: list[str]) -> None:
    count = 0
    while not stop.is_set():
        count += 1
        said.append(customer_says(side, f"{number}.{count}"))
        time.sleep(0.02)
    connection.close()


def _to_front_desk(side: Side) -> None:
    with tenancy.scope(side.id):
        assign.transfer(side.conversation.pk, by=side.owner_membership, team=side.front_desk)


def _delete_event(side: Side, seq: int) -> None:
    """As the login role: the application may not."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:
        login.execute("SELECT set_config('app.tenant_id', %s, true)", [str(side.id)])
        gone = login.execute(
            "DELETE FROM conversations_streamevent WHERE tenant_id = %s AND seq = %s", [side.id, seq]
        )
        assert gone.rowcount == 1

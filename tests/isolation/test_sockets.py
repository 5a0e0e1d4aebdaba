"""Invariant I7 on the socket: everything a page can say, said about another tenant's conversation."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest

from apps.console.live import protocol
from tests.console.live.page import Page, agent_of, customer_says, head, owner_of, work
from tests.worlds import Side, World

# Every op, with the other tenant's conversation wherever one fits, and what comes back.
ATTACKS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "hello": ({"cursor": 0, "watch": "theirs"}, {"hello_twice"}),
    "watch": ({"conversation": "theirs", "cursor": 0}, {"not_found"}),
    "typing": ({"on": True, "conversation": "theirs"}, set()),
    "ping": ({"got": 0, "conversation": "theirs"}, set()),
}


def test_every_op_is_tried() -> None:
    assert set(ATTACKS) == set(protocol._READERS)


def test_every_id_of_every_op_is_the_others() -> None:
    for frame in get_args(protocol.Frame):
        ids = [name for name, kind in get_type_hints(frame).items() if UUID in (kind, *get_args(kind))]
        facts = ATTACKS[frame.__name__.lower()][0]
        assert [facts.get(name) for name in ids] == ["theirs"] * len(ids)


@pytest.mark.parametrize("op", ATTACKS)
async def test_another_tenants_conversation_is_like_a_missing_one(committed_world: World, op: str) -> None:
    ours, theirs = committed_world.filante, committed_world.garance
    page = await Page.at(await work(owner_of, ours), ours)
    neighbour = await Page.at(await work(agent_of, theirs), theirs, watch=theirs.conversation.pk)
    facts, codes = ATTACKS[op]
    stolen = {
        name: str(theirs.conversation.pk) if value == "theirs" else value for name, value in facts.items()
    }
    await page.say(op, **stolen)
    element = await work(customer_says, theirs, "Secret de Garance")
    await neighbour.reads(lambda page: element in page.thread)
    told = await page.silent(0.5)
    assert {frame["code"] for frame in told if frame["op"] == "error"} == codes
    assert [frame for frame in told if frame["op"] not in ("error", "pong")] == []
    assert [
        frame for frame in neighbour.frames if frame["op"] in ("typing", "viewers") and _someone(frame)
    ] == []
    await page.leave()
    await neighbour.leave()


async def test_saying_hello_with_another_tenants_conversation(committed_world: World) -> None:
    ours, theirs = committed_world.filante, committed_world.garance
    page = await Page.at(await work(owner_of, ours), ours, watch=theirs.conversation.pk)
    assert [frame["op"] for frame in page.frames] == ["error", "ready"]
    assert page.frames[0]["code"] == "not_found"
    await work(customer_says, theirs, "Secret de Garance")
    assert await page.silent(0.5) == []
    await page.leave()


async def test_another_tenants_cursor_means_nothing(committed_world: World) -> None:
    """Numbers are per tenant: from zero one gets one's own history, and nothing else."""
    ours, theirs = committed_world.filante, committed_world.garance
    await work(customer_says, theirs, "Secret de Garance")
    page = await Page.at(await work(owner_of, ours), ours, cursor=0)
    assert page.cursor == await work(head, ours)
    assert page.rows == {_row(ours)}
    await page.leave()


def _someone(frame: dict[str, Any]) -> bool:
    return bool(frame.get("people") or frame.get("on"))


def _row(side: Side) -> str:
    return f"conv-{side.conversation.pk}"

"""Who looks and who types: one person once, forgotten in time, told to colleagues and to no one else."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

from apps.console.live.presence import LOOKS_SECONDS, TYPES_SECONDS, Person, Presence
from apps.conversations import assign
from apps.conversations.typing import customer_types
from apps.core import realtime, tenancy
from tests.console.live.page import Page, agent_of, owner_of, work
from tests.worlds import Side, World

HERE, THERE = uuid4(), uuid4()
LEA, YANN = Person("1", "Léa"), Person("2", "Yann")
INES = {"id": "7", "name": "Inès", "initials": "IN", "tone": 0}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_person_in_two_tabs_is_one_person() -> None:
    presence = Presence()
    assert presence.look("tab 1", HERE, LEA) == {HERE}
    assert presence.look("tab 2", HERE, LEA) == set()
    assert presence.look("tab 1", None, LEA) == set()
    assert presence.lookers(HERE) == [LEA]
    assert presence.look("tab 2", THERE, LEA) == {HERE, THERE}
    assert (presence.lookers(HERE), presence.lookers(THERE)) == ([], [LEA])


def test_people_come_by_name() -> None:
    presence = Presence()
    presence.look("b", HERE, YANN)
    presence.look("a", HERE, LEA)
    assert presence.lookers(HERE) == [LEA, YANN]


def test_what_is_not_repeated_is_forgotten() -> None:
    clock = Clock()
    presence = Presence(clock)
    presence.look("a", HERE, LEA)
    presence.type("a", HERE, LEA)
    clock.now += TYPES_SECONDS
    assert presence.expire() == (set(), {HERE})
    assert (presence.lookers(HERE), presence.typers(HERE)) == ([LEA], [])
    clock.now += LOOKS_SECONDS
    assert presence.expire() == ({HERE}, set())


async def test_colleagues_see_who_looks_and_who_types(committed_world: World) -> None:
    side = committed_world.filante
    bob = await Page.at(await work(agent_of, side), side, watch=side.conversation.pk)
    alice = await Page.at(await work(owner_of, side), side, watch=side.conversation.pk)
    assert _people(await bob.until("viewers")) == ["Alice"]
    assert _people(alice.frames[0]) == ["Bob"]
    await bob.say("typing", on=True)
    assert await alice.until("typing") == _typing(side, "Bob", on=True)
    await bob.say("typing", on=False)
    assert await alice.until("typing") == _typing(side, "Bob", on=False)
    await bob.leave()
    assert _people(await alice.until("viewers")) == []
    await alice.leave()


async def test_a_customer_who_types_shows_to_those_who_may_see(committed_world: World) -> None:
    side = committed_world.filante
    bob = await Page.at(await work(agent_of, side), side)
    alice = await Page.at(await work(owner_of, side), side)
    await asyncio.sleep(0.3)
    await work(_customer_types, side)
    assert await bob.until("typing") == await alice.until("typing") == _typing(side, "customer", on=True)
    await work(_to_front_desk, side)
    await work(_customer_types, side, False)
    assert await alice.until("typing") == _typing(side, "customer", on=False)
    assert [frame for frame in await bob.silent(0.3) if frame["op"] == "typing"] == []
    await bob.leave()
    await alice.leave()


async def test_agents_on_another_web_process_count(committed_world: World) -> None:
    side = committed_world.filante
    bob = await Page.at(await work(agent_of, side), side, watch=side.conversation.pk)
    await asyncio.sleep(0.3)
    _elsewhere(side, "console.looks", side.conversation.pk)
    assert _people(await bob.until("viewers", people=[INES])) == ["Inès"]
    _elsewhere(side, "console.types", side.conversation.pk)
    assert await bob.until("typing") == _typing(side, "Inès", on=True)
    _elsewhere(side, "console.looks", None)
    assert _people(await bob.until("viewers")) == []
    await bob.leave()


def _people(frame: dict[str, object]) -> list[str]:
    return [person["name"] for person in frame["people"]]  # type: ignore[attr-defined]


def _typing(side: Side, who: str, *, on: bool) -> dict[str, object]:
    return {"op": "typing", "conversation": str(side.conversation.pk), "on": on, "who": who}


def _customer_types(side: Side, on: bool = True) -> None:
    with tenancy.scope(side.id):
        customer_types(side.conversation, on)


def _to_front_desk(side: Side) -> None:
    with tenancy.scope(side.id):
        assign.transfer(side.conversation.pk, by=side.owner_membership, team=side.front_desk)


def _elsewhere(side: Side, kind: str, conversation: UUID | None) -> None:
    message = {
        "type": kind,
        "process": "another",
        "seat": "seat",
        "person": {"id": "7", "name": "Inès"},
        "conversation": str(conversation) if conversation else None,
    }
    realtime.hint(realtime.tenant_group(side.id), message)

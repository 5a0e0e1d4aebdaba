"""Story: what happens in the tenant appears on the pages of those who may see it, and nowhere else."""

from __future__ import annotations

import pytest

from apps.conversations import assign
from apps.conversations.notes import write_note
from apps.core import tenancy
from tests.console.live.page import Page, agent_of, customer_says, owner_of, work
from tests.worlds import Side, World, signed_in


@pytest.fixture(params=["with Redis", "without a channel layer"])
def hints(request: pytest.FixtureRequest, settings: object) -> None:
    """Everything must be correct with the channel layer switched off (invariant I4)."""
    if request.param == "without a channel layer":
        settings.CHANNEL_LAYERS = {}  # type: ignore[attr-defined]


async def test_a_message_arrives_live(committed_world: World, hints: None) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side, watch=side.conversation.pk)
    element = await work(customer_says, side, "Toujours rien")
    await page.reads(lambda page: element in page.thread)
    frame = page.frames[-1]
    assert page.thread == {element: 1}
    assert page.rows == {f"conv-{side.conversation.pk}"}
    assert [piece["t"] for piece in frame["frames"] if piece["a"] == "replace"] == [
        "thread-head",
        "composer",
        "facts",
    ]
    assert page.counts == {"all": 1, "unassigned": 1, "teams": 1, f"team:{side.adsl.pk}": 1}
    await page.leave()


async def test_a_page_gets_the_turns_of_the_open_thread_only(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    await work(customer_says, side, "Toujours rien")
    await page.until("frames")
    assert (page.thread, page.rows) == ({}, {f"conv-{side.conversation.pk}"})
    await page.leave()


async def test_the_twin_next_door_hears_nothing(committed_world: World) -> None:
    ours, theirs = committed_world.filante, committed_world.garance
    page = await Page.at(await work(agent_of, ours), ours)
    neighbour = await Page.at(await work(agent_of, theirs), theirs)
    await work(customer_says, ours, "Toujours rien")
    await page.until("frames")
    assert await neighbour.silent(0.5) == []
    await page.leave()
    await neighbour.leave()


@pytest.mark.advisory("S3", "Zammad CVE-2022-40816")
async def test_an_agent_does_not_hear_other_teams(committed_world: World) -> None:
    side = committed_world.filante
    agent = await Page.at(await work(agent_of, side), side)
    owner = await Page.at(await work(owner_of, side), side)
    await work(customer_says, side, "Une autre question", "visitor-2", "unknown")
    await owner.until("frames")
    assert len(owner.rows) == 1
    assert [frame for frame in await agent.silent(0.5) if frame["op"] == "frames"] == []
    await agent.leave()
    await owner.leave()


@pytest.mark.advisory("S16", "Zulip GHSA-478x-rfqr-w4jf")
async def test_a_conversation_that_moves_away_goes_and_stays_silent(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side, watch=side.conversation.pk)
    await work(_transfer_to_front_desk, side)
    await page.reads(lambda page: bool(page.removed))
    assert page.removed == {f"conv-{side.conversation.pk}"}
    assert page.thread == {}
    await work(customer_says, side, "Secret pour l’accueil")
    later = await page.silent(0.7)
    assert [frame for frame in later if frame["op"] == "frames"] == []
    await page.leave()


async def test_a_note_reaches_a_colleague(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(owner_of, side), side, watch=side.conversation.pk)
    note = await work(_note, side)
    await page.reads(lambda page: bool(page.thread))
    assert page.thread == {f"n-{note}": 1}
    await page.leave()


async def test_one_person_in_two_tabs_and_two_languages(committed_world: World) -> None:
    side = committed_world.filante
    client = await work(signed_in, side.owner)
    english = await Page.open(client, side.slug, **{"accept-language": "en"})
    french = await Page.open(client, side.slug, **{"accept-language": "fr"})
    for page in (english, french):
        await page.say("hello", cursor=1, watch=None, view="all")
        await page.until("ready")
    await work(customer_says, side, "Toujours rien")
    for page in (english, french):
        await page.until("frames")
        assert page.rows == {f"conv-{side.conversation.pk}"}
        await page.leave()


def _transfer_to_front_desk(side: Side) -> None:
    with tenancy.scope(side.id):
        assign.transfer(side.conversation.pk, by=side.owner_membership, team=side.front_desk)


def _note(side: Side) -> object:
    with tenancy.scope(side.id):
        return write_note(side.conversation.pk, side.agent_membership, "Je rappelle", client_id=None).pk

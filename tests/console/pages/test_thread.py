"""A customer whom another program answers on the platform: what the reply box offers, and what a click does.

That a platform hands the thread over is shown by tests/sandbox/test_messenger.py.
"""

from __future__ import annotations

import pytest

from apps.connections.models import Channel, Health
from apps.conversations.models import ContactAddress
from apps.core import tenancy
from tests.console.pages import scenes
from tests.worlds import Side, World


def elsewhere(side: Side, platform: str, owner: str = "Page inbox") -> None:
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform=platform)
        ContactAddress.objects.update(thread_owner=owner)


def held_by(side: Side) -> str:
    with tenancy.scope(side.id):
        return ContactAddress.objects.get().thread_owner


def health(side: Side) -> str:
    with tenancy.scope(side.id):
        return Channel.objects.get(pk=side.channel.pk).health


@pytest.mark.parametrize(("platform", "offered"), [("messenger", True), ("instagram", True), ("line", False)])
def test_taking_over_is_offered_where_it_can_be_done(world: World, platform: str, offered: bool) -> None:
    here = world.filante
    elsewhere(here, platform)
    page = scenes.agent(here).get(scenes.inbox(here, f"all/{here.conversation.pk}/")).content.decode()
    assert "Another program answers this customer" in page
    assert (scenes.of(here, "thread/") in page) is offered
    assert ("Take over, or wait until it hands the conversation back." in page) is offered
    assert ("You can answer when it hands the conversation back." in page) is not offered


def test_a_refusal_is_told_and_stops_the_channel(world: World) -> None:
    """The channel of this test has no token."""
    here = world.filante
    elsewhere(here, "messenger")
    answer = scenes.agent(here).post(scenes.of(here, "thread/"), headers={"Accept": "application/json"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "not_taken")
    assert told["words"].startswith("Messenger does not hand this conversation over.")
    assert (held_by(here), health(here)) == ("Page inbox", Health.BROKEN)


@pytest.mark.parametrize(("platform", "owner"), [("line", "x"), ("messenger", "")])
def test_where_there_is_nothing_to_take_nobody_is_asked(world: World, platform: str, owner: str) -> None:
    here = world.filante
    elsewhere(here, platform, owner)
    answer = scenes.agent(here).post(scenes.of(here, "thread/"), headers={"Accept": "application/json"})
    assert (answer.json()["ok"], held_by(here), health(here)) == (True, owner, Health.UNKNOWN)


def test_a_customer_who_left_is_not_taken(world: World) -> None:
    here = world.filante
    elsewhere(here, "messenger")
    with tenancy.scope(here.id):
        ContactAddress.objects.update(reachable=False, gone_reason="blocked")
    answer = scenes.agent(here).post(scenes.of(here, "thread/"), headers={"Accept": "application/json"})
    assert (answer.json()["ok"], held_by(here)) == (True, "Page inbox")


def test_another_business_cannot(world: World) -> None:
    here, there = world.filante, world.garance
    elsewhere(here, "messenger")
    answer = scenes.agent(there).post(f"/{there.slug}/inbox/{here.conversation.pk}/thread/")
    assert (answer.status_code, held_by(here)) == (404, "Page inbox")

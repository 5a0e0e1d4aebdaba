"""Where customers belong whose platform carries no tag: to the one entry point that offers the channel."""

from __future__ import annotations

import pytest

from apps.connections import entry_points
from apps.connections.entry_points import Wanted
from apps.connections.models import Channel, EntryPoint
from apps.conversations.models import Conversation
from apps.conversations.receive import receive
from apps.core import tenancy
from tests.worlds import Side, World, said


def channel(here: Side, platform: str) -> Channel:
    return Channel.objects.create(platform=platform, name=platform, address="T1", state="live")


def offers(here: Side, channel: Channel, tag: str) -> EntryPoint:
    wanted = Wanted(name=tag, tag=tag, group="box", channels=[channel], team=here.adsl, locale="fr")
    return entry_points.create_entry_point(wanted, actor="alice@example.com")


def opened(channel: Channel, tag: str = "", address: str = "D1") -> Conversation:
    receive(channel, said("Bonjour", to=channel.address, address=address, tag=tag))
    return Conversation.objects.get(channel=channel, address__value=address)


@pytest.mark.parametrize("platform", ["slack", "qq"])
def test_the_one_entry_point_that_offers_the_channel_stands_in_for_the_tag(
    world: World, platform: str
) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        untagged = channel(here, platform)
        point = offers(here, untagged, "fibre")
        found = opened(untagged)
        assert (found.team, found.tag, found.group, found.entry_point) == (here.adsl, "fibre", "box", point)


def test_of_several_nobody_can_tell(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        slack = channel(here, "slack")
        assert (opened(slack).team, opened(slack).tag) == (here.front_desk, "")
        one, _other = offers(here, slack, "fibre"), offers(here, slack, "mobile")
        second = opened(slack, address="D2")
        assert (second.team, second.tag, second.entry_point) == (here.front_desk, "", None)
        entry_points.archive(one, actor="alice@example.com")
        assert opened(slack, address="D3").tag == "mobile"


def test_a_tag_that_came_counts_and_one_that_was_left_out_is_not_made_up(world: World) -> None:
    """QQ may carry one; a customer of WhatsApp may have deleted it from the words."""
    here = world.filante
    with tenancy.scope(here.id):
        qq, whatsapp = channel(here, "qq"), channel(here, "whatsapp")
        offers(here, qq, "fibre")
        offers(here, whatsapp, "wa")
        assert opened(qq, tag="adsl").tag == "adsl"
        assert (opened(whatsapp).tag, opened(whatsapp).team) == ("", here.front_desk)


def test_another_business_offers_nothing_here(world: World) -> None:
    here, there = world.filante, world.garance
    with tenancy.scope(there.id):
        offers(there, channel(there, "slack"), "fibre")
    with tenancy.scope(here.id):
        assert opened(channel(here, "slack")).tag == ""

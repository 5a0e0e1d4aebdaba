"""Templates all the way: the platform's list, a closed window, a template, the phone, its answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.connections import templates, vault
from apps.connections.models import Channel, Health, MessageTemplate
from apps.conversations import templated
from apps.conversations.models import ContactAddress
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.base import BadCredentials
from apps.platforms.windows import Opener
from apps.sandbox.models import SandboxThread
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    return Player(committed_world.filante, "whatsapp", base_url)


def known(player: Player) -> dict[str, bool]:
    with tenancy.scope(player.side.id):
        return dict(MessageTemplate.objects.values_list("name", "usable"))


def a_day_later(player: Player) -> None:
    """For the product and for WhatsApp."""
    old = timezone.now() - timedelta(hours=25)
    with tenancy.scope(player.side.id):
        ContactAddress.objects.update(openings={Opener.MESSAGE: old.isoformat()}, last_inbound_at=old)
        SandboxThread.objects.filter(pk=player.thread.pk).update(data={"heard_at": old.isoformat()})


def test_a_template_reaches_a_customer_whose_window_is_over(player: Player) -> None:
    player.taps_the_button()
    player.says("Bonjour")
    assert (templates.sweep(), templates.sweep()) == (1, 0)
    assert known(player) == {"order_update": True, "rappel": True, "bonjour": True, "solde": False}
    a_day_later(player)
    with pytest.raises(Refused):
        player.answers(Draft(text="Toujours là ?"))
    choice = templated.Choice(name="order_update", language="en_US", values={"1": "Ana", "2": "4711"})
    (delivery,) = player.answers(Draft(template=choice))
    assert (delivery.state, player.heard()) == ("sent", ["Hello Ana, your order 4711 is on its way."])
    named = templated.Choice(name="rappel", language="fr", values={"name": "Ana"})
    (delivery,) = player.answers(Draft(template=named))
    assert (delivery.state, player.heard()[-1]) == ("sent", "Bonjour Ana, votre technicien passe demain.")


def test_the_list_is_the_truth(player: Player) -> None:
    with tenancy.scope(player.side.id):
        assert templates.sync(player.channel) == 4
        first = MessageTemplate.objects.get(name="rappel").pk
        rows = player.account.data["templates"]
        player.account.data = {
            **player.account.data,
            "templates": [rows[1], {**rows[3], "status": "APPROVED"}],
        }
        player.account.save()
    with tenancy.scope(player.side.id):
        assert templates.sync(player.channel) == 2
        assert MessageTemplate.objects.get(name="rappel").pk == first
    assert known(player) == {"rappel": True, "solde": True}


def test_a_refused_token_stops_the_channel_and_keeps_what_is_known(player: Player) -> None:
    with tenancy.scope(player.side.id):
        templates.sync(player.channel)
        vault.store(player.channel, "token", "another")
    assert (templates.sweep(), templates.sweep()) == (0, 0)
    with tenancy.scope(player.side.id):
        channel = Channel.objects.get(pk=player.channel.pk)
        assert channel.health == Health.BROKEN
        with pytest.raises(BadCredentials):
            templates.sync(channel)
    assert len(known(player)) == 4

"""A number that has lost its RCS: answers go as SMS, the customer's come back into the conversation."""

from __future__ import annotations

from uuid import uuid4

import pytest

from apps.connections import stand_in
from apps.conversations import deliver
from apps.conversations.models import Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import ListPicker, Option, Section
from apps.sandbox import phones, threads
from apps.sandbox.models import SandboxWire
from apps.sandbox.rcs import hand
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

SLOTS = Section(title="", options=(Option(id="am", title="Matin"), Option(id="pm", title="Soir")))
LIST = ListPicker(id=str(uuid4()), title="Quel créneau ?", sections=(SLOTS,))


@pytest.fixture
def rcs(committed_world: World, base_url: str) -> Player:
    """A customer who has said something by RCS."""
    player = Player(committed_world.filante, "rcs", base_url)
    player.taps_the_button()
    player.says("Bonjour, plus d’internet")
    return player


@pytest.fixture
def sms(rcs: Player, committed_world: World, base_url: str) -> Player:
    """The same telephone's SMS, and the business's channel, which stands in."""
    player = Player.__new__(Player)
    player.__dict__.update(rcs.__dict__)
    player.connect("sms", phone=rcs.thread.phone)
    with tenancy.scope(rcs.side.id):
        stand_in.choose(rcs.channel, player.channel, actor="alice")
    return player


def loses_rcs(rcs: Player) -> None:
    with tenancy.scope(rcs.side.id):
        hand.lose_rcs(threads.locked(rcs.thread.pk))


def ways(rcs: Player, delivery: Delivery) -> list[tuple[str, str]]:
    """By which platform the message of a delivery went, and how far."""
    with tenancy.scope(rcs.side.id):
        rows = Delivery.objects.filter(message=delivery.message_id).order_by("seq")
        return list(rows.values_list("channel__platform", "state"))


def asked_of(player: Player) -> list[str]:
    """What the account was asked, and what it answered."""
    with tenancy.scope(player.side.id):
        rows = SandboxWire.objects.filter(account=player.account, words__in=["capabilities", "agentMessages"])
        return [f"{row.words} {row.outcome}" for row in rows.order_by("at", "id")]


def test_who_has_rcs_is_asked_about_once(rcs: Player) -> None:
    for text in ("Bonjour", "Je regarde votre ligne"):
        rcs.answers(Draft(text=text))
    assert asked_of(rcs)[-3:] == ["capabilities 200", "agentMessages 200", "agentMessages 200"]


def test_the_whole_story(rcs: Player, sms: Player) -> None:
    """Not by RCS, once by SMS, a card as numbers, the answer in the same conversation, STOP."""
    loses_rcs(rcs)
    first, *_ = rcs.answers(Draft(text="Bonjour, je regarde votre ligne"))
    deliver.drain()
    assert (rcs.heard(), sms.heard()) == ([], ["Bonjour, je regarde votre ligne"])
    sms.settle()
    assert ways(rcs, first) == [("rcs", "failed"), ("sms", "delivered")]
    assert asked_of(rcs)[-1] == "capabilities 404"
    assert "agentMessages" not in " ".join(asked_of(rcs))  # who has no RCS is not even written to

    rcs.answers(Draft(card=LIST))
    deliver.drain()
    assert "2. Soir" in sms.heard()[-1]
    heard = sms.says("2")
    assert heard.conversation_id == rcs.conversation().pk
    assert [each["id"] for each in heard.content["answer"]["selected"]] == ["pm"]

    last, *_ = rcs.answers(Draft(text="C’est noté, à ce soir"))
    assert ways(rcs, last) == [("sms", last.state)]
    assert sms.heard()[-1] == "C’est noté, à ce soir"

    sms.says("STOP")
    with pytest.raises(Refused):
        rcs.answers(Draft(text="Êtes-vous là ?"))
    assert "Êtes-vous là ?" not in sms.heard()


def test_what_was_taken_back_goes_by_sms(rcs: Player, sms: Player) -> None:
    with tenancy.scope(rcs.side.id):
        phones.set_offline(rcs.thread.phone, on=True)
    delivery, *_ = rcs.answers(Draft(text="Êtes-vous là ?"))
    with tenancy.scope(rcs.side.id):
        shown = threads.locked(rcs.thread.pk).messages.get(ref=str(delivery.pk))
        hand.expire(shown)
    rcs.settle()
    deliver.drain()
    assert ways(rcs, delivery)[0] == ("rcs", "failed")
    assert sms.heard() == ["Êtes-vous là ?"]


def test_the_console_says_by_which_way(rcs: Player, sms: Player) -> None:
    loses_rcs(rcs)
    rcs.answers(Draft(text="a" * 200))
    deliver.drain()
    page = rcs.browser.get(f"/{rcs.side.slug}/inbox/all/{rcs.conversation().pk}/").text
    assert "By SMS, counted as 2 messages" in page

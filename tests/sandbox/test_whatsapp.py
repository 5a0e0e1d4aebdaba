"""WhatsApp all the way: phone, webhook, inbox, answer, phone; and what its simulator refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections.addresses import webhook_url
from apps.connections.connect import check_channel, connect_channel
from apps.connections.models import Health
from apps.conversations import deliver
from apps.conversations.models import ContactAddress, Delivery
from apps.conversations.send import Draft
from apps.core import tenancy
from apps.platforms.cards import (
    Link,
    ListPicker,
    LocationRequest,
    Option,
    Section,
    Slot,
    TimeSlots,
)
from apps.sandbox import accounts
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxThread
from tests.sandbox.player import Player
from tests.sandbox.said import QUICK, picture

PLATFORM = "whatsapp"

pytestmark = pytest.mark.usefixtures("base_url")

ORANGE, GREEN = Option(id="a", title="Orange", subtitle="fixe"), Option(id="b", title="Vert")
PICKER = ListPicker(
    id="6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c",
    title="Le voyant",
    sections=(
        Section(title="Box", options=(ORANGE, GREEN)),
        Section(title="Autre", options=(Option(id="c", title="Un conseiller"),)),
    ),
)


@pytest.fixture
def talking(player: Player) -> Player:
    """…who came through the button and said something."""
    player.taps_the_button()
    player.says("Bonjour")
    return player


def test_the_whole_story(player: Player) -> None:
    """Tag, team, answer with both ticks, card, typed answer."""
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert player.screen()[0].text == "Bonjour, plus d’internet [#adsl]"
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.entry_point == player.side.entry_point
    assert conversation.address.value == player.thread.address

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, player.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne"])
    player.settle()
    assert player.state_of(delivery) == "delivered"
    assert priced(player, delivery) == {
        "billable": True,
        "pricing_model": "PMP",
        "category": "service",
        "type": "regular",
    }

    player.answers(Draft(card=PICKER))
    answer = player.chooses("Orange")
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == (PICKER.id, ["a"])
    assert player.state_of(delivery) == "read"
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--green" in page.text and "&lt;votre&gt;" in page.text


def test_a_quick_reply_is_buttons(talking: Player) -> None:
    talking.answers(Draft(card=QUICK))
    assert talking.screen()[-1].data["as"] == "button"
    answer = talking.chooses("Non")
    assert (answer["card_id"], [o["id"] for o in answer["selected"]]) == (QUICK.id, ["n"])


def test_times_are_a_list(talking: Player) -> None:
    start = timezone.now().replace(microsecond=0) + timedelta(days=1)
    slots = (
        Slot(id="s1", start=start, minutes=30),
        Slot(id="s2", start=start + timedelta(hours=1), minutes=30),
    )
    card = TimeSlots(id=str(uuid4()), title="Quand ?", slots=slots, timezone="Europe/Paris")
    (delivery,) = talking.answers(Draft(card=card))
    shown = talking.screen()[-1]
    assert (delivery.state, shown.data["as"], len(shown.data["options"])) == ("sent", "list", 2)


def test_a_link_and_a_place(talking: Player) -> None:
    link = Link(id="l", text="Le suivi", button="Ouvrir", url="https://shop.example/a")
    assert [d.state for d in talking.answers(Draft(card=link))] == ["sent"]
    assert talking.screen()[-1].data["url"] == "https://shop.example/a"
    assert [d.state for d in talking.answers(Draft(card=LocationRequest(id="w", prompt="Où ?")))] == ["sent"]
    talking.does("answer", message=str(talking.screen()[-1].pk), option="place")
    talking.settle()
    assert talking.messages()[-1].content["place"]["latitude"] == 48.8584


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo = picture()
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", photo)
    talking.does("voice")
    talking.settle()
    kind, content = talking.attached(talking.messages()[-1])
    assert (kind, content) == ("voice", talking.stored(talking.screen()[-1]))
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", photo),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", photo)


def test_edits_reactions_and_deletions(talking: Player) -> None:
    talking.answers(Draft(text="Vu"))
    talking.does("react", message=str(talking.screen()[-1].pk), reaction="👍")
    said = next(message for message in talking.screen() if message.mine)
    talking.does("edit", message=str(said.pk), text="Bonsoir")
    talking.settle()
    first, last = talking.messages()[0], talking.messages()[-1]
    assert (first.text, last.text) == ("Bonsoir", "Vu")
    talking.does("withdraw", message=str(said.pk))
    talking.settle()
    assert "Bonsoir" not in [message.text for message in talking.messages()]


def test_someone_without_a_number_is_answered(player: Player) -> None:
    with tenancy.scope(player.side.id):
        player.account.data = {**player.account.data, "usernames": True}
        player.account.save()
    player.says("hola")
    (delivery,) = player.answers(Draft(text="Hola"))
    player.settle()
    assert (delivery.state, player.heard(), player.state_of(delivery)) == ("sent", ["Hola"], "delivered")
    with tenancy.scope(player.side.id):
        assert ContactAddress.objects.get(channel=player.channel).value == player.thread.address


def test_blocking_is_silent(talking: Player) -> None:
    """WhatsApp tells no business that it was blocked: the message stays at one tick."""
    talking.does("leave")
    (delivery,) = talking.answers(Draft(text="Êtes-vous là ?"))
    talking.settle()
    assert talking.state_of(delivery) == "sent"


def test_after_a_day_only_templates(talking: Player) -> None:
    _age(talking)
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    assert (delivery.state, delivery.code, talking.heard()) == ("failed", "131047", [])


def test_too_fast_for_one_customer_stops_nobody_else(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        data = {**talking.thread.data, "heard_at": timezone.now().isoformat()}
        data["pair"] = [0, timezone.now().isoformat()]
        SandboxThread.objects.filter(pk=talking.thread.pk).update(data=data)
    (delivery,) = talking.answers(Draft(text="Vite"))
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert (delivery.state, talking.heard(), talking.channel.paused_until) == ("queued", [], None)


def test_a_lost_answer_is_settled_by_its_status(talking: Player) -> None:
    """Every status carries our own id (class R): nothing is sent twice, nothing stays in doubt."""
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    talking.switch(FaultKind.LOST, on=False)
    assert delivery.state == "unknown"
    talking.settle()
    deliver.drain()
    assert (talking.state_of(delivery), talking.heard()) == ("delivered", ["Un technicien passe à 10 h"])


def test_an_unpaid_bill_breaks_the_channel_and_the_rest_waits(talking: Player) -> None:
    """It is told only by the status of a message that had been accepted."""
    with tenancy.scope(talking.side.id):
        data = {**talking.account.data, "unpaid": True}
        SandboxAccount.objects.filter(pk=talking.account.pk).update(data=data)
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    assert delivery.state == "sent"
    talking.settle()
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
        delivery.refresh_from_db()
    assert (delivery.state, delivery.code, talking.heard()) == ("failed", "131042", [])
    assert talking.channel.health == Health.BROKEN and "payment" in talking.channel.health_words
    (waiting,) = talking.answers(Draft(text="Allô ?"))
    assert waiting.state == "queued"


def test_connecting_again_leads_the_webhooks_of_the_number_here(player: Player) -> None:
    """The first time nobody answers for the address yet, and what was set by hand counts."""
    with tenancy.scope(player.side.id):
        player.account.refresh_from_db()
        assert player.account.webhook_url == ""
        given = accounts.credentials(player.account)
        connect_channel("whatsapp", name="", credentials=given, actor="test", channel=player.channel)
        player.account.refresh_from_db()
        assert player.account.webhook_url == webhook_url(player.channel)
        assert check_channel(player.channel).good


def priced(player: Player, delivery: Delivery) -> Any:
    with tenancy.scope(player.side.id):
        return Delivery.objects.get(pk=delivery.pk).price


def _age(player: Player) -> None:
    """As if a day had gone by for WhatsApp; the product does not know."""
    with tenancy.scope(player.side.id):
        old = (timezone.now() - timedelta(hours=25)).isoformat()
        SandboxThread.objects.filter(pk=player.thread.pk).update(data={"heard_at": old})

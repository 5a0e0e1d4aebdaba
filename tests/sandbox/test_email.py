"""E-mail all the way: mailbox, gateway, inbox, answer, mailbox; and what the gateway refuses."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from PIL import Image

from apps.connections.connect import check_channel
from apps.connections.models import Health
from apps.conversations import deliver
from apps.conversations.models import Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Option, QuickReplies
from apps.sandbox import threads
from apps.sandbox.email import hand, mails
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

QUICK = QuickReplies(
    id=str(uuid4()), prompt="Ça marche ?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non"))
)


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    return Player(committed_world.filante, "email", base_url)


@pytest.fixture
def talking(player: Player) -> Player:
    """…who came through the button and said something."""
    player.taps_the_button()
    player.says("Bonjour")
    return player


def test_the_whole_story(player: Player) -> None:
    """Tag, team, answer in the thread, card as numbers, an answer above the quoted mail, leaving."""
    assert "adsl" in player.taps_the_button()
    message = player.says("Bonjour, plus d’internet")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"
    assert conversation.address.value == player.thread.address

    (delivery,) = player.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, player.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne"])
    with tenancy.scope(player.side.id):
        player.thread.refresh_from_db()
    assert player.thread.data["subject"].startswith("Re: ")

    player.answers(Draft(card=QUICK))
    answer = player.says("2")
    assert answer.text == "2"
    chosen = answer.content["answer"]
    assert (chosen["card_id"], [o["id"] for o in chosen["selected"]]) == (QUICK.id, ["n"])

    player.does("leave")
    player.settle()
    with pytest.raises(Refused):
        player.answers(Draft(text="Êtes-vous là ?"))


def test_files_travel_both_ways(talking: Player) -> None:
    out = BytesIO()
    Image.new("RGB", (320, 200), "teal").save(out, "PNG")
    talking.does("file", file=("box.png", out.getvalue(), "image/png"))
    talking.settle()
    assert talking.attached(talking.messages()[-1]) == ("image", out.getvalue())
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", out.getvalue()),)))
    assert (delivery.state, talking.stored(talking.screen()[-1])) == ("sent", out.getvalue())


def test_an_absence_notice_reaches_nobody(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        thread = threads.locked(talking.thread.pk)
        _ref, mail = mails.write(thread, "Absent", subject="Absent")
        hand.post(thread, mail.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:", 1))
    talking.settle()
    assert [message.text for message in talking.messages()] == ["Bonjour"]


def test_a_lost_answer_is_sent_again_and_lies_there_once(talking: Player) -> None:
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    talking.switch(FaultKind.LOST, on=False)
    assert delivery.state == "queued"
    with tenancy.scope(talking.side.id):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.created_at)
    deliver.drain()
    with tenancy.scope(talking.side.id):
        assert Delivery.objects.get(pk=delivery.pk).state == "sent"
    assert talking.heard() == ["Un technicien passe à 10 h"]


def test_a_wrong_secret_breaks_the_channel(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        assert check_channel(talking.channel).good
    talking.switch(FaultKind.FORBIDDEN)
    talking.answers(Draft(text="Bonjour ?"))
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert talking.channel.health == Health.BROKEN


def test_the_gateway_believes_its_own_signature_only(player: Player) -> None:
    root = f"{settings.BASE_URL}/sandbox/email"
    good = hand.headers(player.account, b"")
    assert httpx.get(f"{root}/status", headers=good).json() == {"ready": True}
    for bad in ({}, {**good, "x-comptoir-address": "x@y.example"}, hand.headers(player.account, b"x")):
        assert httpx.get(f"{root}/status", headers=bad).status_code == 401

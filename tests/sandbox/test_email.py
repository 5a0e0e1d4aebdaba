"""E-mail all the way: mailbox, inbox, answer, mailbox, by a mail server and by a gateway; and what these
refuse."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.conf import settings
from PIL import Image

from apps.connections import vault
from apps.connections.addresses import webhook_url
from apps.connections.connect import check_channel, connect_channel
from apps.connections.credentials import FieldError
from apps.connections.models import Channel, Health
from apps.conversations import deliver, inbox, outcomes
from apps.conversations.models import AuthorKind, Delivery
from apps.conversations.resend import resend
from apps.conversations.send import Author, Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Option, QuickReplies
from apps.sandbox import accounts, threads
from apps.sandbox.email import hand, mails
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

ROOT = Path(__file__).resolve().parents[2]

QUICK = QuickReplies(
    id=str(uuid4()), prompt="Ça marche ?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non"))
)


WAYS = ["mail server", "gateway"]


@pytest.fixture
def way() -> str:
    return "mail server"


@pytest.fixture
def player(committed_world: World, base_url: str, way: str, settings: Any) -> Player:
    if way == "gateway":
        settings.SANDBOX_SMTP_PORT = 0
    return Player(committed_world.filante, "email", base_url)


@pytest.fixture
def talking(player: Player) -> Player:
    """…who came through the button and said something."""
    player.taps_the_button()
    player.says("Bonjour")
    return player


@pytest.mark.parametrize("way", WAYS)
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


def test_the_documented_program_hands_mail_in(player: Player) -> None:
    """docs/email.md, as an alias of Postfix would run it."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/email.md").read_text("utf-8"), re.DOTALL)
    about = (player.account.address, player.account.secret.encode(), webhook_url(player.channel))
    program = re.sub(
        r"^ADDRESS, SECRET, WEBHOOK = .*$", f"ADDRESS, SECRET, WEBHOOK = {about}", code, flags=re.M
    )
    mail = f"From: Ana <ana@customer.example>\r\nTo: {about[0]}\r\nSubject: Fibre [#adsl]\r\n\r\nBonjour\r\n"
    subprocess.run([sys.executable, "-c", program], input=mail.encode(), check=True, timeout=60)
    inbox.drain()
    conversation = player.conversation()
    assert (conversation.address.value, conversation.tag) == ("ana@customer.example", "adsl")
    assert [message.text for message in player.messages()] == ["Bonjour"]


@pytest.mark.parametrize("way", WAYS)
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


@pytest.mark.parametrize("way", ["gateway"])
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


def test_a_lost_answer_of_a_mail_server_is_for_a_person_to_judge(talking: Player) -> None:
    """Sent again it would lie there twice, and does when the person says so."""
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    talking.switch(FaultKind.LOST, on=False)
    assert (delivery.state, delivery.code) == ("unknown", "no_answer")
    deliver.drain()
    assert talking.heard() == ["Un technicien passe à 10 h"]
    with tenancy.scope(talking.side.id):
        agent = Author(kind=AuthorKind.MEMBER, membership=talking.side.agent_membership)
        again = resend(delivery.pk, agent)
    deliver.drain()
    with tenancy.scope(talking.side.id):
        assert Delivery.objects.get(pk=again.pk).state == "sent"
    assert talking.heard() == ["Un technicien passe à 10 h"] * 2


def test_a_try_that_a_worker_did_not_end_is_for_a_person_to_judge(talking: Player) -> None:
    """Its lease ran out, so nobody knows how far it came; a mail server would take it twice."""
    talking.switch(FaultKind.THROTTLE)
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    talking.switch(FaultKind.THROTTLE, on=False)
    with tenancy.scope(talking.side.id):
        rows = Delivery.objects.filter(pk=delivery.pk)
        past = delivery.created_at - timedelta(seconds=60)
        rows.update(state="sending", attempt=1, lease_until=past, lease_token=uuid4())
    assert outcomes.reap() == 1
    with tenancy.scope(talking.side.id):
        Channel.objects.filter(pk=talking.channel.pk).update(paused_until=None)
    deliver.drain()
    with tenancy.scope(talking.side.id):
        assert Delivery.objects.get(pk=delivery.pk).state == "unknown"
    assert talking.heard() == []


def test_a_mail_server_that_wants_us_slower_is_asked_later(talking: Player) -> None:
    talking.switch(FaultKind.THROTTLE)
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    assert (delivery.state, delivery.code) == ("queued", "4.7.1")
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert talking.channel.paused_until is not None


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_secret_breaks_the_channel(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        assert check_channel(talking.channel).good
    talking.switch(FaultKind.FORBIDDEN)
    (delivery,) = talking.answers(Draft(text="Bonjour ?"))
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert (delivery.state, talking.channel.health) == ("queued", Health.BROKEN)
    assert talking.channel.health_words and talking.account.secret not in talking.channel.health_words


def test_a_check_says_what_the_mail_server_says(talking: Player) -> None:
    talking.switch(FaultKind.FORBIDDEN)
    with tenancy.scope(talking.side.id):
        found = check_channel(talking.channel)
    assert (found.good, found.field) == (False, "smtp_password")
    assert "535 5.7.8 Authentication credentials invalid" in found.words


def test_a_stored_password_goes_to_no_other_server(player: Player) -> None:
    with tenancy.scope(player.side.id):
        given = {**accounts.credentials(player.account), "smtp_password": ""}

    def connected(**changed: str) -> Channel:
        with tenancy.scope(player.side.id):
            return connect_channel(
                "email", name="", credentials={**given, **changed}, actor="test", channel=player.channel
            )

    connected(signing_secret="")  # the same server: both are kept
    for changed in ({"smtp_port": "1"}, {"smtp_host": "mx.evil.example"}, {"base_url": "https://x.example"}):
        with pytest.raises(FieldError) as told:
            connected(**changed, signing_secret="")
        assert told.value.field == "signing_secret"
        with pytest.raises(FieldError) as told:
            connected(**changed)
        assert told.value.field == "smtp_password"
    connected(smtp_host="", smtp_port="", smtp_user="")  # by the gateway now
    with tenancy.scope(player.side.id):
        assert "smtp_password" not in vault.reveal(player.channel)


def test_the_gateway_believes_its_own_signature_only(player: Player) -> None:
    root = f"{settings.BASE_URL}/sandbox/email"
    good = hand.headers(player.account, b"")
    assert httpx.get(f"{root}/status", headers=good).json() == {"ready": True}
    for bad in ({}, {**good, "x-comptoir-address": "x@y.example"}, hand.headers(player.account, b"x")):
        assert httpx.get(f"{root}/status", headers=bad).status_code == 401

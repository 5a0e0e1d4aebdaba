"""Messenger all the way: phone, signed webhook, inbox, answer, phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from apps.connections import permissions
from apps.connections.connect import connect_channel
from apps.conversations.models import AuthorKind, ContactAddress
from apps.conversations.send import Author, Draft, Refused, send_message
from apps.core import tenancy
from apps.platforms.cards import Link, ListPicker, Option, QuickReplies, Section
from apps.platforms.windows import Opener
from apps.sandbox import accounts, sounds, threads
from apps.sandbox.meta import hand
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import signed_in

PLATFORM = "messenger"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO = Option(id="y", title="Oui"), Option(id="n", title="Non")
QUICK = QuickReplies(id="card-1", prompt="Ça marche ?", options=(YES, NO))
PICKER = ListPicker(id="card-2", title="Le voyant", sections=(Section(title="Box", options=(YES, NO)),))


@pytest.fixture
def talking(player: Player) -> Player:
    player.taps_the_button()
    player.says("Bonjour")
    return player


def test_the_tag_of_the_link_leads_to_the_right_team(player: Player) -> None:
    player.taps_the_button()
    message = player.says("Bonjour, plus d’internet 📡")
    conversation = player.conversation()
    assert (message.text, conversation.tag) == ("Bonjour, plus d’internet 📡", "adsl")
    assert conversation.team is not None and conversation.team.slug == "adsl"


def test_an_answer_stands_on_the_phone(talking: Player) -> None:
    (delivery,) = talking.answers(Draft(text="Bonjour, je regarde <votre> ligne"))
    assert (delivery.state, talking.heard()) == ("sent", ["Bonjour, je regarde <votre> ligne"])
    page = talking.browser.get(f"/{talking.side.slug}/sandbox/threads/{talking.thread.pk}/")
    assert "ph--violet" in page.text
    assert "Bonjour, je regarde &lt;votre&gt; ligne" in page.text


def test_an_agent_answers_under_their_own_name(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        given = {**accounts.credentials(talking.account), "persona_picture": "https://shop.example/bob.png"}
        connect_channel("messenger", name="", credentials=given, actor="alice", channel=talking.channel)
    for text in ("Moi", "Encore moi"):
        assert [delivery.state for delivery in talking.answers(Draft(text=text))] == ["sent"]
        assert talking.screen()[-1].data["persona"] == talking.side.agent.display_name


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo, plan = picture("teal"), picture("orange")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.received()[-1]) == ("image", photo)
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", plan),)))
    assert delivery.state == "sent"
    assert talking.stored(talking.screen()[-1]) == plan
    talking.does("voice")
    talking.settle()
    kind, content = talking.attached(talking.received()[-1])
    assert (kind, content) == ("voice", talking.stored(talking.screen()[-1]))
    assert len(content) > sounds.SECONDS


@pytest.mark.parametrize("card", [QUICK, PICKER])
def test_a_card_is_answered(talking: Player, card: QuickReplies | ListPicker) -> None:
    talking.answers(Draft(card=card))
    talking.chooses("Non")
    answer = talking.received()[-1].content["answer"]
    assert (answer["card_id"], [option["id"] for option in answer["selected"]]) == (card.id, ["n"])


def test_a_link_is_shown(talking: Player) -> None:
    card = Link(id="card-3", text="Votre facture", button="Ouvrir", url="https://shop.example/1")
    talking.answers(Draft(card=card))
    assert talking.screen()[-1].data["url"] == "https://shop.example/1"


def test_who_blocked_us_is_known_when_we_write(talking: Player) -> None:
    talking.does("leave")
    talking.answers(Draft(text="Êtes-vous là ?"))
    with tenancy.scope(talking.side.id):
        assert not ContactAddress.objects.get(channel=talking.channel).reachable
    with pytest.raises(Refused):
        talking.answers(Draft(text="Allô ?"))
    talking.does("return")
    talking.says("Me revoilà")
    (delivery,) = talking.answers(Draft(text="Bonjour de nouveau"))
    assert (delivery.state, talking.heard()[-1]) == ("sent", "Bonjour de nouveau")


def test_a_lost_answer_is_not_sent_again(talking: Player) -> None:
    talking.switch(FaultKind.LOST)
    talking.answers(Draft(text="Un technicien passe à 10 h"))
    assert talking.heard() == ["Un technicien passe à 10 h"]


def test_what_is_said_in_metas_own_inbox_is_shown(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        hand.answered_elsewhere(threads.locked(talking.thread.pk), "Depuis la boîte de Meta")
    talking.settle()
    said = talking.messages()[-1]
    assert (said.text, said.direction) == ("Depuis la boîte de Meta", "out")


def takes_back(player: Player) -> Any:
    page = signed_in(player.side.agent)
    address = f"/{player.side.slug}/inbox/{player.conversation().pk}/thread/"
    return page.post(address, headers={"Accept": "application/json"})


def test_a_thread_that_another_took_is_taken_back(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        hand.taken_elsewhere(threads.locked(talking.thread.pk))
    said = talking.says("Y a-t-il quelqu’un ?")
    assert (said.text, talking.conversation().address.thread_owner) == (
        "Y a-t-il quelqu’un ?",
        "Meta Business Suite",
    )
    with pytest.raises(Refused, match="thread_elsewhere"):
        talking.answers(Draft(text="Oui"))
    assert [takes_back(talking).json() for _ in range(2)] == [{"ok": True}] * 2
    (delivery,) = talking.answers(Draft(text="Oui, moi"))
    assert (delivery.state, talking.heard()) == ("sent", ["Oui, moi"])


def test_a_thread_taken_unheard_fails_the_message_and_not_the_channel(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        thread = threads.locked(talking.thread.pk)
        thread.data = {**thread.data, "owner": "888"}
        thread.save()
    (delivery,) = talking.answers(Draft(text="Oui"))
    with tenancy.scope(talking.side.id):
        talking.channel.refresh_from_db()
    assert (delivery.state, delivery.code, talking.channel.health) == ("failed", "10/2018300", "good")


def test_who_is_told_in_no_standby_has_the_thread(talking: Player) -> None:
    """Routing gives it back by itself when nobody has answered; nothing is said of it."""
    with tenancy.scope(talking.side.id):
        thread = threads.locked(talking.thread.pk)
        hand.taken_elsewhere(thread)
        thread.data = {**thread.data, "owner": ""}
        thread.save()
    talking.settle()
    assert talking.conversation().address.thread_owner == "Meta Business Suite"
    talking.says("Toujours là ?")
    (delivery,) = talking.answers(Draft(text="Oui"))
    assert delivery.state == "sent"


def ago(player: Player, *, hours: float, told: bool = True) -> None:
    """So long ago the customer did something; the product knows, unless it was not `told`."""
    at = (timezone.now() - timedelta(hours=hours)).isoformat()
    with tenancy.scope(player.side.id):
        thread = threads.locked(player.thread.pk)
        thread.data = {**thread.data, "last_at": at}
        thread.save()
        if told:
            openings = {opener.value: at for opener in (Opener.MESSAGE, Opener.TAP)}
            ContactAddress.objects.filter(channel=player.channel).update(openings=openings)


def test_after_a_day_people_may_answer_for_a_week(talking: Player) -> None:
    """Where Meta has approved it, under its tag; never bots, and later nobody."""
    ago(talking, hours=25)
    with pytest.raises(Refused):
        talking.answers(Draft(text="Sans permission"))
    with tenancy.scope(talking.side.id):
        permissions.grant(talking.channel, "human_agent", on=True, actor="alice")
    with pytest.raises(Refused, match="people_only"), tenancy.scope(talking.side.id):
        bot = Author(kind=AuthorKind.BOT, name="Bot")
        send_message(talking.conversation().pk, bot, Draft(text="Bip"), client_id=uuid4())
    (delivery,) = talking.answers(Draft(text="Désolé du retard"))
    assert (delivery.state, delivery.decision["rule"], delivery.decision["tag"]) == (
        *("sent", "human_agent", "HUMAN_AGENT"),
    )
    assert talking.heard() == ["Désolé du retard"]
    ago(talking, hours=7 * 24 + 1)
    with pytest.raises(Refused, match="window_over"):
        talking.answers(Draft(text="Trop tard"))


def test_a_window_that_meta_counts_otherwise_is_told(talking: Player) -> None:
    ago(talking, hours=25, told=False)
    (delivery,) = talking.answers(Draft(text="À temps ?"))
    assert (delivery.state, delivery.code, talking.heard()) == ("failed", "10/2018278", [])


def test_our_own_words_are_not_told_twice(talking: Player) -> None:
    talking.answers(Draft(text="Une fois"))
    talking.settle()
    assert [m.text for m in talking.messages() if m.direction == "out"] == ["Une fois"]

"""Slack all the way: phone, signed event, inbox, answer, phone."""

from __future__ import annotations

import json

import pytest

from apps.connections.models import Channel
from apps.conversations import look
from apps.conversations.models import ContactAddress, Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import Link, ListPicker, Option, QuickReplies, Section
from apps.sandbox import threads
from apps.sandbox.models import FaultKind
from apps.sandbox.slack import hand
from tests.sandbox.player import Player
from tests.sandbox.said import picture

PLATFORM = "slack"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO = Option(id="y", title="Oui & non"), Option(id="n", title="Non", subtitle="pas encore")
QUICK = QuickReplies(id="card-1", prompt="Ça marche ?", options=(YES, NO))
PICKER = ListPicker(id="card-2", title="Le voyant", sections=(Section(title="Box", options=(YES, NO)),))
SEVERAL = ListPicker(id="card-3", title="Q", sections=(Section(title="", options=(YES, NO), multiple=True),))
CHANNEL = "C0SUPPORT"


def test_a_question_and_its_answer(player: Player) -> None:
    message = player.says("Plus d’internet <ici> & là")
    (delivery,) = player.answers(Draft(text="Je regarde *votre* ligne & <je> rappelle"))
    assert (message.text, delivery.state) == ("Plus d’internet <ici> & là", "sent")
    assert player.heard() == ["Je regarde *votre* ligne & <je> rappelle"]
    player.settle()
    assert [m.direction for m in player.messages()] == ["in", "out"], "our own words came back"
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--plum" in page.text


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo, plan = picture("teal"), picture("orange")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.received()[-1]) == ("image", photo)
    draft = Draft(text="Le plan", attachments=(talking.uploads("plan.png", plan),))
    (delivery,) = talking.answers(draft)
    shown = talking.screen()[-1]
    assert (delivery.state, talking.stored(shown), shown.text) == ("sent", plan, "Le plan")
    talking.does("voice")
    talking.settle()
    kind, content = talking.attached(talking.received()[-1])
    assert (kind, content) == ("voice", talking.stored(talking.screen()[-1]))


@pytest.mark.parametrize("card", [QUICK, PICKER, SEVERAL])
def test_a_card_is_answered(talking: Player, card: QuickReplies | ListPicker) -> None:
    talking.answers(Draft(card=card))
    shown = talking.screen()[-1]
    value = next(option["id"] for option in shown.data["options"] if option["title"] == "Oui & non")
    talking.does("answer", message=str(shown.pk), option=value)
    talking.settle()
    said = talking.received()[-1]
    assert (said.text, said.content["answer"]["card_id"]) == ("Oui & non", card.id)
    assert [option["id"] for option in said.content["answer"]["selected"]] == ["y"]


def test_a_link_is_shown(talking: Player) -> None:
    card = Link(id="card-4", text="Votre facture", button="Ouvrir", url="https://shop.example/1")
    (delivery,) = talking.answers(Draft(card=card))
    assert (delivery.state, talking.screen()[-1].data["url"]) == ("sent", "https://shop.example/1")


def test_edits_and_deletions_arrive(talking: Player) -> None:
    said = talking.screen()[0]
    talking.does("edit", message=str(said.pk), text="Bonsoir")
    talking.settle()
    assert talking.received()[0].text == "Bonsoir"
    talking.does("withdraw", message=str(said.pk))
    talking.settle()
    assert talking.received()[0].text == ""


def test_a_thread_of_a_channel_is_a_conversation(player: Player) -> None:
    with tenancy.scope(player.side.id):
        thread = threads.locked(player.thread.pk)
        thread.address = f"{CHANNEL}:new"
        thread.save()
        hand.say(thread, "Une question dans le canal")
    player.settle()
    (delivery,) = player.answers(Draft(text="La réponse dans le fil"))
    address = player.conversation().address.value
    assert (delivery.state, player.heard()) == ("sent", ["La réponse dans le fil"])
    assert address == f"{CHANNEL}:{player.screen()[0].ref}"
    with tenancy.scope(player.side.id):
        hand.say(threads.locked(player.thread.pk), "Merci")
    player.settle()
    assert [message.text for message in player.received()] == ["Une question dans le canal", "Merci"]


def test_a_lost_answer_is_found_by_its_metadata(talking: Player) -> None:
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    assert delivery.state == "unknown"
    with tenancy.scope(talking.side.id):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.created_at)
    assert look.drain() == 1
    with tenancy.scope(talking.side.id):
        found = Delivery.objects.get(pk=delivery.pk)
    assert (found.state, found.ref.partition(":")[2]) == ("sent", talking.screen()[-1].ref)
    assert talking.heard() == ["Un technicien passe à 10 h"]


def test_who_removed_the_app_is_known_when_we_write(talking: Player) -> None:
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


def test_a_removed_app_stops_the_channel(talking: Player) -> None:
    with tenancy.scope(talking.side.id):
        hand.uninstall(threads.locked(talking.thread.pk))
    talking.settle()
    with tenancy.scope(talking.side.id):
        channel = Channel.objects.get(pk=talking.channel.pk)
    assert (channel.health, channel.health_words) == ("broken", "The app was removed from the workspace.")


def test_the_address_is_verified_with_the_secret(player: Player) -> None:
    body = json.dumps({"token": "x", "challenge": "3eZbrw1a", "type": "url_verification"}).encode()
    url = f"/hooks/slack/{player.channel.key}/"
    proof = hand.proof(player.account, url, body).headers
    answers = [player.browser.post(url, content=body, headers=headers) for headers in (proof, {})]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert (answers[0].text, answers[0].headers["content-type"]) == ("3eZbrw1a", "text/plain")

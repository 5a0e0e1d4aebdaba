"""The custom channel all the way: phone, signed post, inbox, answer, phone."""

from __future__ import annotations

import re

import httpx
import pytest

from apps.conversations import deliver
from apps.conversations.models import Delivery
from apps.conversations.send import Draft, Refused
from apps.core import tenancy
from apps.platforms.cards import (
    ContactCard,
    Field,
    Form,
    ListPicker,
    Location,
    LocationRequest,
    Option,
    QuickReplies,
    Section,
)
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.sandbox.said import picture

PLATFORM = "custom"

pytestmark = pytest.mark.usefixtures("base_url")

YES, NO = Option(id="y", title="Oui"), Option(id="n", title="Non", subtitle="pas encore")
QUICK = QuickReplies(id="card-1", prompt="Ça marche ?", options=(YES, NO))
PICKER = ListPicker(id="card-2", title="Le voyant", sections=(Section(title="Box", options=(YES, NO)),))


FORM = Form(
    id="card-3",
    title="Votre ligne",
    fields=(
        Field(id="mail", label="Adresse", type="email"),
        Field(id="why", label="Pourquoi ?", type="long_text", required=False),
        Field(id="box", label="Boîtier", type="choices", options=(YES, NO)),
    ),
)


def test_a_question_its_tag_and_its_answer(player: Player) -> None:
    with tenancy.scope(player.side.id):
        player.thread.tag = "adsl"
        player.thread.save(update_fields=["tag"])
    message = player.says("Plus d’internet <ici> 📡")
    (delivery,) = player.answers(Draft(text="Je regarde <votre> ligne"))
    conversation = player.conversation()
    assert (message.text, delivery.state) == ("Plus d’internet <ici> 📡", "sent")
    assert (conversation.tag, player.heard()) == ("adsl", ["Je regarde <votre> ligne"])
    assert conversation.team is not None and conversation.team.slug == "adsl"
    page = player.browser.get(f"/{player.side.slug}/sandbox/threads/{player.thread.pk}/")
    assert "ph--slate" in page.text


def test_files_travel_both_ways_unchanged(talking: Player) -> None:
    photo, plan = picture("teal"), picture("orange")
    talking.does("file", file=("box.png", photo, "image/png"))
    talking.settle()
    assert talking.attached(talking.received()[-1]) == ("image", photo)
    (delivery,) = talking.answers(Draft(attachments=(talking.uploads("plan.png", plan),)))
    shown = talking.screen()[-1].data["file"]
    assert (delivery.state, shown["name"]) == ("sent", "plan.png")
    assert httpx.get(shown["url"]).content == plan


@pytest.mark.parametrize("card", [QUICK, PICKER])
def test_a_card_is_answered(talking: Player, card: QuickReplies | ListPicker) -> None:
    talking.answers(Draft(card=card))
    talking.does("answer", message=str(talking.screen()[-1].pk), option="n")
    talking.settle()
    answer = talking.received()[-1].content["answer"]
    assert (answer["card_id"], [option["id"] for option in answer["selected"]]) == (card.id, ["n"])


@pytest.mark.parametrize(("words", "chosen"), [("2", ["n"]), ("oui", ["y"])])
def test_a_system_that_shows_words_only_is_answered_in_words(
    talking: Player, words: str, chosen: list[str]
) -> None:
    """Each card goes out with its numbered text."""
    talking.answers(Draft(card=QUICK))
    answer = talking.says(words).content["answer"]
    assert (answer["card_id"], [option["id"] for option in answer["selected"]]) == (QUICK.id, chosen)


def test_a_place_that_was_asked_for(talking: Player) -> None:
    talking.answers(Draft(card=LocationRequest(id="w", prompt="Où ?")))
    shown = talking.screen()[-1]
    assert (shown.kind, [option["id"] for option in shown.data["options"]]) == ("choices", ["here"])
    talking.does("answer", message=str(shown.pk), option="here")
    talking.settle()
    assert talking.received()[-1].content["place"]["latitude"] == 48.8584


def test_a_form_is_filled_in(talking: Player) -> None:
    talking.answers(Draft(card=FORM))
    shown = talking.screen()[-1]
    page = talking.browser.get(
        f"/{talking.side.slug}/sandbox/threads/{talking.thread.pk}/?pick={shown.pk}"
    ).text
    inputs = re.findall(r'<(?:input type="(\w+)"|(textarea)) name="(field\.\w+)"', page)
    assert [(kind or area, name) for kind, area, name in inputs] == [
        ("email", "field.mail"),
        ("textarea", "field.why"),
        ("checkbox", "field.box"),
        ("checkbox", "field.box"),
    ]
    talking.does("answer", message=str(shown.pk), **{"field.mail": "a@b.example", "field.box": ["y", "n"]})
    talking.settle()
    answer = talking.received()[-1].content["answer"]
    assert answer["values"] == {"mail": ["a@b.example"], "box": ["y", "n"]}


@pytest.mark.parametrize(
    ("card", "kind"),
    [
        (Location(id="l", latitude=48.85, longitude=2.29, title="La boutique"), "place"),
        (ContactCard(id="p", name="Ana", phone="+33123456789"), "contact"),
    ],
)
def test_places_and_people_are_shown(talking: Player, card: Location | ContactCard, kind: str) -> None:
    talking.answers(Draft(card=card))
    assert talking.screen()[-1].kind == kind
    page = talking.browser.get(f"/{talking.side.slug}/sandbox/threads/{talking.thread.pk}/").text
    assert ("La boutique" if kind == "place" else "+33123456789") in page


def test_a_lost_answer_is_sent_again_and_told_once(talking: Player) -> None:
    talking.switch(FaultKind.LOST)
    (delivery,) = talking.answers(Draft(text="Un technicien passe à 10 h"))
    assert delivery.state != "sent"
    talking.switch(FaultKind.LOST, on=False)
    with tenancy.scope(talking.side.id):
        Delivery.objects.filter(pk=delivery.pk).update(due_at=delivery.created_at)
    deliver.drain()
    with tenancy.scope(talking.side.id):
        assert Delivery.objects.get(pk=delivery.pk).state == "sent"
    assert talking.heard() == ["Un technicien passe à 10 h"]


def test_who_left_is_left_alone(talking: Player) -> None:
    talking.does("leave")
    talking.settle()
    with pytest.raises(Refused):
        talking.answers(Draft(text="Allô ?"))
    talking.does("return")
    talking.settle()
    (delivery,) = talking.answers(Draft(text="Bonjour de nouveau"))
    assert (delivery.state, talking.heard()[-1]) == ("sent", "Bonjour de nouveau")


def test_a_wrong_secret_is_refused(talking: Player) -> None:
    url = f"{str(talking.browser.base_url).rstrip('/')}/sandbox/custom"
    body = f'{{"account": "{talking.account.key}", "type": "message", "to": "x", "text": "x"}}'
    answer = httpx.post(url, content=body, headers={"webhook-id": "1", "webhook-timestamp": "1"})
    assert (answer.status_code, talking.heard()) == (401, [])

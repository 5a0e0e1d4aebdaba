"""Every kind of card that Apple and Telegram show themselves, on the phone and answered from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from apps.conversations.models import Message
from apps.conversations.send import Draft
from apps.core import tenancy
from apps.platforms.cards import (
    Card,
    ContactCard,
    Field,
    Form,
    Link,
    ListPicker,
    Location,
    LocationRequest,
    MediaGroup,
    Option,
    Section,
    Slot,
    TimeSlots,
    to_json,
)
from apps.sandbox import phones
from apps.sandbox.models import FaultKind
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World

pytestmark = pytest.mark.usefixtures("base_url")

PARIS = ZoneInfo("Europe/Paris")
TIMES = TimeSlots(
    id="times",
    title="Quand ?",
    place="1 quai",
    timezone="Europe/Paris",
    slots=(
        Slot(id="a", start=datetime(2097, 3, 1, 9, 30, tzinfo=PARIS), minutes=30),
        Slot(id="b", start=datetime(2097, 3, 1, 14, 0, tzinfo=PARIS), minutes=45),
    ),
)
TOPICS = (Option(id="t1", title="Facture"), Option(id="t2", title="Ligne"))
FORM = Form(
    id="form",
    title="Vous",
    fields=(
        Field(id="topics", label="Sujets", type="choices", options=TOPICS),
        Field(id="mail", label="Courriel", type="email"),
        Field(id="day", label="Jour", type="date", required=False),
        Field(id="note", label="Note", type="long_text", required=False),
    ),
)
LINK = Link(id="link", text="Votre colis", button="Suivre", url="https://shop.example/o")
PICKER = ListPicker(id="list", title="Laquelle ?", image=0, sections=(Section(title="", options=TOPICS),))
ALBUM = MediaGroup(id="album", images=(0, 1), text="Le plan")
CONTACT = ContactCard(id="contact", name="Zoé, dépannage", phone="+33102030405")
PLACE = Location(id="place", latitude=48.8584, longitude=2.2945, title="La tour", address="5 avenue Anatole")
WHERE = LocationRequest(id="where", prompt="Où êtes-vous ?")


def talks(world: World, platform: str, base_url: str) -> Player:
    player = Player(world.filante, platform, base_url)
    with tenancy.scope(player.side.id):
        phones.set_capability(player.thread.phone, "FORM", on=True)
    player.says("Bonjour")
    return player


@pytest.fixture
def apple(committed_world: World, base_url: str) -> Player:
    return talks(committed_world, "apple_messages", base_url)


@pytest.fixture
def telegram(committed_world: World, base_url: str) -> Player:
    return talks(committed_world, "telegram", base_url)


def sends(player: Player, card: Card, *colours: str) -> list[tuple[str, str]]:
    """The agent's card in one delivery; kind and words of the bubbles that it became."""
    before = len(player.screen())
    files = tuple(player.uploads(f"{colour}.png", picture(colour)) for colour in colours)
    deliveries = player.answers(Draft(card=card, attachments=files))
    assert [(delivery.state, delivery.part["kind"]) for delivery in deliveries] == [("sent", "card")]
    return [(bubble.kind, bubble.text) for bubble in player.screen()[before:]]


def answers(player: Player, **given: Any) -> tuple[Message, dict[str, Any]]:
    """What the customer taps or writes on the last bubble; the message that it became and its answer."""
    player.does("answer", message=str(player.screen()[-1].pk), **given)
    player.settle()
    said = player.messages()[-1]
    answer: dict[str, Any] = said.content["answer"]
    cards = {
        message.content["card"]["id"]: message for message in player.messages() if "card" in message.content
    }
    assert (said.direction, cards[answer["card_id"]].content["answer"], said.reply_to_id) == (
        "in",
        answer,
        cards[answer["card_id"]].pk,
    )
    return said, answer


@pytest.mark.parametrize("large", [False, True])
def test_a_time_is_taken_on_apple(apple: Player, large: bool) -> None:
    apple.switch(FaultKind.LARGE, on=large)
    assert sends(apple, TIMES) == [("choices", "Quand ?\n1 quai")]
    _said, answer = answers(apple, option="b")
    assert (answer["slot"], answer["selected"]) == (to_json(TIMES)["slots"][1], [])
    assert "answered" not in apple.screen()[-2].data and apple.screen()[-2].data["chosen"] == ["b"]


@pytest.mark.parametrize("large", [False, True])
def test_a_form_is_filled_in_on_apple(apple: Player, large: bool) -> None:
    apple.switch(FaultKind.LARGE, on=large)
    assert sends(apple, FORM) == [("form", "Vous")]
    page = apple.browser.get(
        f"/{apple.side.slug}/sandbox/threads/{apple.thread.pk}/?pick={apple.screen()[-1].pk}"
    ).text
    assert [name in page for name in ("field.topics", "field.mail", 'type="date"', "<textarea")] == [True] * 4
    form = {"field.topics": ["t1", "t2"], "field.mail": "ana@example.org", "field.day": "2027-03-01"}
    said, answer = answers(apple, **form, **{"field.note": ""})
    assert answer["values"] == {
        "topics": ["t1", "t2"],
        "mail": ["ana@example.org"],
        "day": ["2027-03-01"],
    }
    assert said.text == "Sujets: Facture, Ligne\nCourriel: ana@example.org\nJour: 2027-03-01"


def test_a_form_that_is_not_whole_stays_on_the_phone(apple: Player) -> None:
    sends(apple, FORM)
    apple.does("answer", message=str(apple.screen()[-1].pk), **{"field.topics": "t1", "field.mail": " "})
    apple.settle()
    assert [message.text for message in apple.messages() if message.direction == "in"] == ["Bonjour"]
    said, answer = answers(apple, option="submit")
    assert (sorted(answer["values"]), said.unsupported) == (["day", "mail", "note", "topics"], "")


def test_pictures_stand_in_apples_balloons(apple: Player) -> None:
    assert sends(apple, PICKER, "navy") == [("list_picker", "Laquelle ?")]
    assert sends(apple, replace(LINK, image=0), "teal") == [("link", "Votre colis · Suivre")]
    page = apple.browser.get(f"/{apple.side.slug}/sandbox/threads/{apple.thread.pk}/").text
    assert page.count('class="pic" src="data:image/png;base64,') == 2


def test_files_and_contacts_go_as_apple_has_them(apple: Player) -> None:
    assert sends(apple, ALBUM, "navy", "teal") == [("text", "Le plan"), ("file", ""), ("file", "")]
    assert [apple.stored(bubble) for bubble in apple.screen()[-2:]] == [picture("navy"), picture("teal")]
    assert sends(apple, CONTACT) == [("contact", "Zoé, dépannage")]
    assert apple.screen()[-1].data["phone"] == "+33102030405"


def test_a_time_is_taken_on_telegram(telegram: Player) -> None:
    assert sends(telegram, TIMES) == [("text", "Quand ?\n1 quai")]
    (_first,), (second,) = telegram.screen()[-1].data["keyboard"]
    said, answer = answers(telegram, option=second["callback_data"])
    assert (answer["slot"], said.text) == (to_json(TIMES)["slots"][1], "2097-03-01 14:00 (45 min)")


def test_the_place_that_was_asked_for_is_the_answer(telegram: Player) -> None:
    assert sends(telegram, WHERE) == [("text", "Où êtes-vous ?")]
    assert (
        "Envoyer ma position"
        in telegram.browser.get(f"/{telegram.side.slug}/sandbox/threads/{telegram.thread.pk}/").text
    )
    question = str(telegram.screen()[-1].pk)
    said, answer = answers(telegram, option="Envoyer ma position")
    assert (answer["card_id"], said.content["place"]["latitude"]) == ("where", 48.8584)
    telegram.does("answer", message=question, option="Envoyer ma position")
    telegram.settle()
    assert "answer" not in telegram.messages()[-1].content


def test_words_are_no_answer_to_the_question_for_the_place(telegram: Player) -> None:
    sends(telegram, WHERE)
    assert "answer" not in telegram.says("À Lyon").content


def test_everything_else_stands_on_telegrams_phone(telegram: Player) -> None:
    assert sends(telegram, PLACE) == [("place", "La tour")]
    assert sends(telegram, CONTACT) == [("contact", "Zoé, dépannage")]
    assert sends(telegram, LINK) == [("text", "Votre colis")]
    assert telegram.screen()[-1].data["keyboard"] == [[{"text": "Suivre", "url": "https://shop.example/o"}]]
    assert sends(telegram, ALBUM, "navy", "teal") == [("file", "Le plan"), ("file", "")]
    first, second = telegram.screen()[-2:]
    assert (first.data["group"] == second.data["group"], telegram.stored(second)) == (True, picture("teal"))
    page = telegram.browser.get(f"/{telegram.side.slug}/sandbox/threads/{telegram.thread.pk}/").text
    assert [
        words in page for words in ("5 avenue Anatole", "+33102030405", 'href="https://shop.example/o"')
    ] == [True] * 3


def test_a_list_with_a_picture_is_answered_on_telegram(telegram: Player) -> None:
    assert sends(telegram, PICKER, "navy") == [("file", "Laquelle ?")]
    (_first,), (second,) = telegram.screen()[-1].data["keyboard"]
    _said, answer = answers(telegram, option=second["callback_data"])
    assert [option["id"] for option in answer["selected"]] == ["t2"]

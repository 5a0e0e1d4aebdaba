"""Which card an answer belongs to, where the platform does not say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from apps.conversations.models import AuthorKind, Conversation, Message
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms.cards import (
    Card,
    CardAnswer,
    LocationRequest,
    Option,
    QuickReplies,
    Slot,
    TimeSlots,
    answer_to_json,
    to_json,
)
from apps.platforms.events import Place
from tests.worlds import Side, World, said

WHERE = LocationRequest(id="where", prompt="Où êtes-vous ?")
YES = Option(id="y", title="Oui")
HERE = Place(latitude=48.8584, longitude=2.2945)


@pytest.fixture
def here(world: World) -> Side:
    return world.filante


def asks(here: Side, *cards: Card) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    for card in cards:
        send_message(Conversation.objects.get().pk, author, Draft(card=card), client_id=uuid4())


def hears(here: Side, **what: object) -> Message:
    event = said("", to=here.channel.address, ref=str(uuid4()))
    message = receive(here.channel, replace(event, **what))  # type: ignore[arg-type]
    assert message is not None
    return message


def answered(card: Card) -> object:
    return Message.objects.get(content__card__id=card.id).content.get("answer")


def test_the_place_is_the_answer_to_the_question_for_it(here: Side) -> None:
    with tenancy.scope(here.id):
        asks(here, WHERE)
        message = hears(here, place=HERE)
        expected = answer_to_json(CardAnswer(card_id="where"))
        assert (message.content["answer"], answered(WHERE)) == (expected, expected)
        assert message.reply_to == Message.objects.get(content__card__id="where")


def test_a_question_for_the_place_is_answered_once(here: Side) -> None:
    with tenancy.scope(here.id):
        asks(here, WHERE)
        hears(here, place=HERE)
        assert "answer" not in hears(here, place=HERE).content


@pytest.mark.parametrize("what", [{"text": "À Lyon"}, {"text": "1"}])
def test_words_are_no_place(here: Side, what: dict[str, str]) -> None:
    with tenancy.scope(here.id):
        asks(here, WHERE)
        assert ("answer" in hears(here, **what).content, answered(WHERE)) == (False, None)


def test_a_place_answers_only_the_last_card(here: Side) -> None:
    with tenancy.scope(here.id):
        asks(here, WHERE, QuickReplies(id="sure", prompt="Sûr ?", options=(YES,)))
        assert ("answer" in hears(here, place=HERE).content, answered(WHERE)) == (False, None)


def test_a_time_is_the_one_that_was_offered(here: Side) -> None:
    """Platforms give it back in their own zone and precision."""
    start = datetime(2097, 3, 1, 9, 30, tzinfo=ZoneInfo("Europe/Paris"))
    card = TimeSlots(id="times", title="Quand ?", slots=(Slot(id="a", start=start, minutes=30),))
    echoed = Slot(id="a", start=start.astimezone(UTC), minutes=0)
    with tenancy.scope(here.id):
        asks(here, card)
        message = hears(here, answer=CardAnswer(card_id="times", slot=echoed))
        assert message.content["answer"]["slot"] == to_json(card)["slots"][0]


def test_a_number_answers_a_card_that_the_platform_had_no_room_for(here: Side) -> None:
    """Telegram has quick replies, but not with an id as long as this."""
    card = QuickReplies(id="sure", prompt="Sûr ?", options=(Option(id="i" * 60, title="Oui"), YES))
    with tenancy.scope(here.id):
        here.channel.platform = "telegram"
        here.channel.save(update_fields=["platform"])
        asks(here, card)
        message = hears(here, text="2")
        assert [option["id"] for option in message.content["answer"]["selected"]] == ["y"]

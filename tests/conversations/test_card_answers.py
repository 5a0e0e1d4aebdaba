"""Answers to cards become what the card says: typed numbers where it went as text, times to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from apps.connections.models import Channel
from apps.conversations.models import AuthorKind, Delivery, Message
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms.cards import Card, CardAnswer, ListPicker, Option, Section, Slot, TimeSlots
from apps.platforms.events import MessageReceived
from tests.worlds import Side, World, said

ADSL, FIBRE = Option(id="a", title="ADSL"), Option(id="f", title="Fibre")
# Every limit is kept, but Slack's menus have titles above all of their sections or above none.
HALF_TITLED = ListPicker(
    id="c",
    title="Votre ligne",
    sections=(Section(title="Cuivre", options=(ADSL,)), Section(title="", options=(FIBRE,))),
)
START = datetime(2097, 7, 1, 8, 30, 15, tzinfo=UTC)
TIMES = TimeSlots(id="c", title="Quand ?", slots=(Slot(id="1", start=START, minutes=30),))


def sends(here: Side, card: Card) -> list[str]:
    """The kinds of the parts that the card became."""
    bob = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    sent = send_message(here.conversation.pk, bob, Draft(card=card), client_id=uuid4())
    return [delivery.part["kind"] for delivery in Delivery.objects.filter(message=sent)]


def test_a_card_that_did_not_fit_is_answered_by_its_number(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        Channel.objects.filter(pk=here.channel.pk).update(platform="slack")
        assert sends(here, HALF_TITLED) == ["text"]
        receive(here.channel, said("2", to=here.channel.address))
        answered = Message.objects.latest("seq").content["answer"]
    assert (answered["card_id"], [option["title"] for option in answered["selected"]]) == ("c", ["Fibre"])


def test_a_time_that_came_back_to_the_minute_is_the_one_that_was_offered(world: World) -> None:
    here = world.filante
    taken = Slot(id="1", start=START.replace(second=0), minutes=30)
    with tenancy.scope(here.id):
        sends(here, TIMES)
        event = MessageReceived(
            to=here.channel.address,
            address="visitor-1",
            ref="answer",
            at=datetime.now(UTC),
            answer=CardAnswer(card_id="c", slot=taken),
        )
        receive(here.channel, event)
        answered = Message.objects.latest("seq").content["answer"]
    assert answered["slot"] == {"id": "1", "start": START.isoformat(), "minutes": 30}

"""Saying something: one message whatever is clicked, refused when the customer left, held by one person."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from apps.conversations.assign import close, reopen
from apps.conversations.models import AuthorKind, Conversation, Delivery, Message
from apps.conversations.receive import receive
from apps.conversations.resend import NotResendable, accept, resend
from apps.conversations.send import Author, BadDraft, ClientIdReused, Draft, Refused, send_message
from apps.core import tenancy
from apps.platforms.cards import Option, QuickReplies
from apps.platforms.events import ContactLeft
from tests.worlds import Side, World, said


def bob(here: Side) -> Author:
    return Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)


def alice(here: Side) -> Author:
    return Author(kind=AuthorKind.MEMBER, membership=here.owner_membership)


def test_a_double_click_is_one_message(world: World) -> None:
    """I2."""
    here, client_id = world.filante, uuid4()
    with tenancy.scope(here.id):
        first = send_message(here.conversation.pk, bob(here), Draft(text="Bonjour"), client_id=client_id)
        again = send_message(here.conversation.pk, bob(here), Draft(text="Bonjour"), client_id=client_id)
        assert (first.pk, Message.objects.filter(direction="out").count()) == (again.pk, 1)
        with pytest.raises(ClientIdReused):
            send_message(here.conversation.pk, bob(here), Draft(text="autre"), client_id=client_id)


def test_who_answers_first_holds(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        send_message(here.conversation.pk, bob(here), Draft(text="Je regarde"), client_id=uuid4())
        conversation = Conversation.objects.get()
        assert (conversation.assignee_id, conversation.status) == (here.agent_membership.pk, "open")
        with pytest.raises(Refused) as refused:
            send_message(here.conversation.pk, alice(here), Draft(text="Moi aussi"), client_id=uuid4())
        assert refused.value.decision.rule == "someone_else_holds"


def test_nothing_goes_to_a_customer_who_left(world: World) -> None:
    here = world.filante
    left = ContactLeft(
        to=here.channel.address, address="visitor-1", ref="x", at=datetime.now(UTC), reason="deleted"
    )
    with tenancy.scope(here.id):
        send_message(here.conversation.pk, bob(here), Draft(text="en file"), client_id=uuid4())
        receive(here.channel, left)
        assert [d.state for d in Delivery.objects.all()] == ["parked"]
        with pytest.raises(Refused) as refused:
            send_message(here.conversation.pk, bob(here), Draft(text="Allô ?"), client_id=uuid4())
        assert refused.value.decision.rule == "customer_deleted"
        receive(here.channel, said("si", to=here.channel.address))
        assert send_message(here.conversation.pk, bob(here), Draft(text="Ah"), client_id=uuid4()).seq == 4


def test_a_closed_conversation_is_reopened_before_it_is_answered(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        close(here.conversation.pk, by=here.agent_membership)
        with pytest.raises(Refused) as refused:
            send_message(here.conversation.pk, bob(here), Draft(text="Encore"), client_id=uuid4())
        assert refused.value.decision.rule == "conversation_closed"
        reopen(here.conversation.pk, by=here.agent_membership)
        assert send_message(here.conversation.pk, bob(here), Draft(text="Encore"), client_id=uuid4()).seq == 2


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft(), "nothing to send"),
        (Draft(text="   "), "nothing to send"),
        (Draft(text="x" * 20_001), "longer than"),
        (Draft(attachments=(uuid4(),)), "a file is missing"),
    ],
)
def test_bad_drafts_say_why(world: World, draft: Draft, words: str) -> None:
    here = world.filante
    with tenancy.scope(here.id), pytest.raises(BadDraft, match=words):
        send_message(here.conversation.pk, bob(here), draft, client_id=uuid4())


def test_every_delivery_keeps_the_decision_that_allowed_it(world: World) -> None:
    here = world.filante
    card = QuickReplies(
        id="q1", prompt="La box ?", options=(Option(id="a", title="Oui"), Option(id="b", title="Non"))
    )
    with tenancy.scope(here.id):
        send_message(
            here.conversation.pk, bob(here), Draft(text="Une question", card=card), client_id=uuid4()
        )
        rows = list(Delivery.objects.values_list("seq", "part__kind", "decision__rule"))
        assert rows == [(2000, "text", "customer_wrote"), (2001, "card", "customer_wrote")]


def test_resend_makes_one_copy_at_the_tail(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        send_message(here.conversation.pk, bob(here), Draft(text="perdu ?"), client_id=uuid4())
        old = Delivery.objects.get()
        Delivery.objects.update(state="unknown")
        fresh = resend(old.pk, bob(here))
        assert (fresh.state, fresh.seq > old.seq, fresh.part) == ("queued", True, old.part)
        with pytest.raises(NotResendable):
            resend(old.pk, bob(here))
        with pytest.raises(NotResendable):
            accept(old.pk)


def test_another_tenants_conversation_is_not_there(world: World) -> None:
    """I7."""
    with tenancy.scope(world.garance.id), pytest.raises(Conversation.DoesNotExist):
        author = bob(world.garance)
        send_message(world.filante.conversation.pk, author, Draft(text="?"), client_id=uuid4())

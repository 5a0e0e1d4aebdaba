"""A customer's events become conversations, whatever is repeated, late or unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from apps.conversations import stream
from apps.conversations.models import Conversation, Message
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import ContactLeft, MessageEdited, MessageReceived, MessageWithdrawn
from tests.worlds import World, said


def test_first_words_open_a_conversation_in_the_team_of_the_tag(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        conversation = Conversation.objects.get()
        assert (conversation.team_id, conversation.tag, conversation.status) == (
            here.adsl.pk,
            "adsl",
            "waiting",
        )
        assert conversation.entry_point_id == here.entry_point.pk
        assert [event.seq for event in stream.after(0)] == [1, 2]


def test_a_repetition_is_the_same_message(world: World) -> None:
    """I2."""
    here = world.filante
    with tenancy.scope(here.id):
        event = said("encore", to=here.channel.address, ref="r-1")
        assert receive(here.channel, event) is not None
        assert receive(here.channel, event) is None
        assert Message.objects.filter(text="encore").count() == 1


def test_a_forged_tag_falls_to_the_default_team_and_is_logged(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, said("?", to=here.channel.address, address="visitor-2", tag="forged"))
        conversation = Conversation.objects.get(tag="forged")
        assert conversation.team_id == here.front_desk.pk
    with tenancy.scope(here.id):
        assert [e.data for e in stream.after(0) if e.kind == "TagUnknown"] == [{"tag": "forged"}]


def test_a_customer_who_left_is_back_when_they_write(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        left = ContactLeft(
            to=here.channel.address, address="visitor-1", ref="x", at=datetime.now(UTC), reason="deleted"
        )
        receive(here.channel, left)
        assert Conversation.objects.select_related("address").get().address.reachable is False
        receive(here.channel, said("me revoilà", to=here.channel.address))
        assert Conversation.objects.select_related("address").get().address.reachable is True


def test_unknown_kinds_are_kept_and_named(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        strange = replace(said("", to=here.channel.address), unsupported="hologram")
        message = receive(here.channel, strange)
        assert isinstance(strange, MessageReceived) and message is not None
        assert message.unsupported == "hologram"


def edited(target: str, text: str, *, seconds: int = 0) -> MessageEdited:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return MessageEdited(to="", address="visitor-1", ref=f"e-{text}", at=at, target=target, text=text)


def test_the_latest_edit_counts_in_whichever_order_edits_come(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, said("un", to=here.channel.address, ref="r-1"))
        for edit in (edited("r-1", "trois", seconds=20), edited("r-1", "deux", seconds=10)):
            receive(here.channel, edit)
        assert Message.objects.get(ref="r-1").text == "trois"
        receive(here.channel, edited("r-1", "quatre", seconds=30))
        assert Message.objects.get(ref="r-1").text == "quatre"


def test_what_happens_to_a_message_that_we_do_not_have_changes_none(world: World) -> None:
    """It was said before the channel was connected, or is gone by now."""
    here, now = world.filante, datetime.now(UTC)
    with tenancy.scope(here.id):
        before = list(Message.objects.order_by("id").values_list("ref", "text"))
        receive(here.channel, edited("nobody-knows", "deux"))
        gone = MessageWithdrawn(to="", address="visitor-1", ref="w-1", at=now, target="nobody-knows")
        receive(here.channel, gone)
        assert list(Message.objects.order_by("id").values_list("ref", "text")) == before

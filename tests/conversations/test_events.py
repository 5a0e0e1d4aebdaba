"""What platforms tell beyond the customer's words, and what comes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations import openings, statuses, stream
from apps.conversations import receive as receiving
from apps.conversations.models import (
    Contact,
    ContactAddress,
    Conversation,
    Delivery,
    DeliveryAttempt,
    EarlyStatus,
    Message,
)
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms import events
from apps.platforms.base import Capabilities
from apps.platforms.cards import CardAnswer, Slot
from apps.platforms.windows import Opener, Window
from tests.conversations.lines import put, say
from tests.worlds import Side, World, said


def about(here: Side, **more: Any) -> dict[str, Any]:
    """The facts that every event names."""
    facts = {"to": here.channel.address, "address": "visitor-1", "ref": "e-1", "at": datetime.now(UTC)}
    return facts | more


def address(here: Side, value: str = "visitor-1") -> ContactAddress:
    return ContactAddress.objects.select_related("contact").get(channel=here.channel, value=value)


def kinds(here: Side) -> list[str]:
    with tenancy.scope(here.id):
        return [event.kind for event in stream.after(0)]


def every_event() -> set[type]:
    """Those that adapters can make; a dataclass with slots leaves its first self behind as a subclass."""
    found = [each for each in vars(events).values() if isinstance(each, type)]
    return {each for each in found if issubclass(each, events.Event) and each is not events.Event}


def test_every_event_has_a_rule() -> None:
    nobody = receiving._apply.dispatch(events.Event)
    without = {kind for kind in every_event() if receiving._apply.dispatch(kind) is nobody}
    assert without == {events.MessageReceived}  # heard in batches


def test_an_event_of_the_future_harms_nothing(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        assert receive(here.channel, events.Event(**about(here))) is None


def test_our_own_echo_confirms_the_delivery(world: World) -> None:
    here = world.filante
    say(here, "one")
    put(here, "one", state="unknown")
    with tenancy.scope(here.id):
        ours = Delivery.objects.get()
        echo = events.MessageEchoed(**about(here, ref="m-1"), text="one", delivery_id=str(ours.pk))
        receive(here.channel, echo)
        ours.refresh_from_db()
        assert (ours.state, ours.ref) == ("sent", "m-1")
        receive(here.channel, replace(echo, delivery_id=""))  # now known by its ref
        assert Message.objects.filter(author_kind="outside").count() == 0


def test_words_from_elsewhere_are_shown_once_and_never_sent(world: World) -> None:
    here = world.filante
    echo = events.MessageEchoed(**about(here, ref="m-2"), text="Réparé", author="Page inbox")
    with tenancy.scope(here.id):
        receive(here.channel, echo)
        receive(here.channel, echo)
        message = Message.objects.get(author_kind="outside")
        assert (message.direction, message.text, message.author_name) == ("out", "Réparé", "Page inbox")
        assert message.conversation_id == here.conversation.pk
        assert not Delivery.objects.exists()
        conversation = Conversation.objects.get(pk=here.conversation.pk)
        assert (conversation.needs_answer_since, conversation.preview) == (None, "Réparé")
    assert kinds(here).count("MessageSent") == 1


def test_another_businesss_delivery_id_is_not_ours(world: World) -> None:
    here, there = world.filante, world.garance
    say(there, "theirs")
    with tenancy.scope(there.id):
        stranger = str(Delivery.objects.get().pk)
    with tenancy.scope(here.id):
        echo = events.MessageEchoed(**about(here, ref="m-3"), text="?", delivery_id=stranger)
        receive(here.channel, echo)
        assert Message.objects.get(ref="m-3").author_kind == "outside"
    with tenancy.scope(there.id):
        assert Delivery.objects.get().state == "queued"


def test_openings_move_forward_only(world: World) -> None:
    here, now = world.filante, timezone.now()
    with tenancy.scope(here.id):
        fresh = ContactAddress(channel=here.channel, value="x")
        for hours in (2, 1, 3, -5):
            openings.note(fresh, Opener.CALL, now - timedelta(hours=hours))
        found = openings.of(fresh, "webchat")[Opener.CALL]
        assert now - timedelta(seconds=1) < found.at <= timezone.now()


def test_what_opens_counts_as_a_message_where_nothing_tells_them_apart(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, events.WindowOpened(**about(here, address="new"), opener=Opener.TAP))
        assert list(address(here, "new").openings) == ["message"]
        windows = (Window(rule="tap", opener=Opener.TAP, hours=1),)
        able = Capabilities(text_limit=1, media_limit=1, windows=windows)
        monkeypatch.setattr(openings.registry.get("webchat"), "capabilities", able)
        receive(here.channel, events.WindowOpened(**about(here, address="tapped"), opener=Opener.TAP))
        assert list(address(here, "tapped").openings) == ["tap"]
        assert not Conversation.objects.filter(address__value__in=["new", "tapped"]).exists()


def test_handles_details_and_whole_answers_are_kept(world: World) -> None:
    here = world.filante
    slot = Slot(id="s", start=datetime(2026, 11, 23, 9, tzinfo=UTC), minutes=30)
    answer = CardAnswer(card_id="", slot=slot, values={"name": ("Ana",)})
    event = replace(
        said("", to=here.channel.address),
        answer=answer,
        handle={"reply_token": "t"},
        details=(("Advertisement", "Fibre"),),
    )
    with tenancy.scope(here.id):
        message = receive(here.channel, event)
        assert message is not None
        assert message.content["details"] == [["Advertisement", "Fibre"]]
        assert message.content["answer"]["values"] == {"name": ["Ana"]}
        assert message.content["answer"]["slot"]["id"] == "s"
        assert message.conversation.preview == "2026-11-23 09:00 (30 min), Ana"
        kept = address(here)
        assert kept.handle == {"reply_token": "t"} and kept.handle_at is not None


def test_a_changed_address_keeps_its_history(world: World) -> None:
    here = world.filante
    change = events.AddressChanged(**about(here), new_address="visitor-9")
    with tenancy.scope(here.id):
        contact = address(here).contact_id
        receive(here.channel, change)
        receive(here.channel, change)
        assert address(here, "visitor-9").contact_id == contact
        again = receive(here.channel, said("encore moi", to=here.channel.address, address="visitor-9"))
        assert again is not None and again.conversation_id == here.conversation.pk


def test_a_changed_address_that_already_wrote_becomes_one_person(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        other = receive(here.channel, said("bonjour", to=here.channel.address, address="visitor-9"))
        assert other is not None
        receive(here.channel, events.AddressChanged(**about(here), new_address="visitor-9"))
        both = Conversation.objects.filter(pk__in=[here.conversation.pk, other.conversation_id])
        assert Contact.objects.filter(pk__in=both.values("contact")).count() == 1


def test_the_last_word_on_marketing_counts_however_late_an_older_one_comes(world: World) -> None:
    here, now = world.filante, datetime.now(UTC)
    stop = events.MarketingChanged(**about(here, at=now - timedelta(hours=1)), wanted=False)
    resume = replace(stop, at=now, wanted=True)
    with tenancy.scope(here.id):
        for event, stopped in ((stop, True), (stop, True), (resume, False), (stop, False)):
            receive(here.channel, event)
            assert address(here).marketing_stopped is stopped
        assert address(here).reachable
    assert kinds(here).count("MarketingChanged") == 2


def test_who_stops_marketing_before_writing_is_believed(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, events.MarketingChanged(**about(here, address="new"), wanted=False))
        receive(here.channel, said("bonjour", to=here.channel.address, address="new"))
        assert address(here, "new").marketing_stopped


@pytest.mark.parametrize("known", [True, False])
def test_a_new_address_takes_the_word_on_marketing_along(world: World, known: bool) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        if known:
            receive(here.channel, said("bonjour", to=here.channel.address, address="visitor-9"))
        receive(here.channel, events.MarketingChanged(**about(here), wanted=False))
        receive(here.channel, events.AddressChanged(**about(here), new_address="visitor-9"))
        assert address(here, "visitor-9").marketing_stopped


def test_who_holds_the_thread(world: World) -> None:
    here = world.filante
    away = events.ThreadControlChanged(**about(here), ours=False, owner="Page inbox")
    with tenancy.scope(here.id):
        receive(here.channel, away)
        assert address(here).thread_owner == "Page inbox"
        receive(here.channel, replace(away, ours=True))
        assert address(here).thread_owner == ""
    assert kinds(here).count("ThreadControlChanged") == 2


def test_who_gets_their_words_has_the_thread(world: World) -> None:
    """Control may have ended without a word: it does so by itself when nobody has answered for a time."""
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, events.ThreadControlChanged(**about(here), ours=False))
        receive(here.channel, events.MessageReceived(**about(here, ref="e-2"), text="in standby"))
        assert address(here).thread_owner == "?"
        receive(here.channel, events.MessageReceived(**about(here, ref="e-3"), text="to us", handle={}))
        receive(here.channel, events.MessageReceived(**about(here, ref="e-4"), text="again", handle={}))
        assert address(here).thread_owner == ""
    assert kinds(here).count("ThreadControlChanged") == 2  # lost, and back once


@pytest.mark.parametrize(("stops", "health"), [(True, "broken"), (False, "troubled")])
def test_a_channel_in_trouble_says_so(world: World, stops: bool, health: str) -> None:
    here = world.filante
    trouble = events.ChannelTroubled(**about(here, address=""), stops=stops, code="x", words="restricted")
    with tenancy.scope(here.id):
        receive(here.channel, trouble)
        channel = Channel.objects.get(pk=here.channel.pk)
        assert (channel.health, channel.health_words) == (health, "restricted")
        assert not ContactAddress.objects.filter(value="").exists()


def test_a_watermark_moves_what_was_begun_before_it(world: World) -> None:
    here, now = world.filante, timezone.now()
    say(here, "old", "late", "waiting")
    for text, started in (("old", now - timedelta(minutes=2)), ("late", now)):
        put(here, text, state="sent", ref=text)
        with tenancy.scope(here.id):
            pk = Delivery.objects.get(part__text=text).pk
            DeliveryAttempt.objects.create(
                delivery_id=pk, number=1, started_at=started, ended_at=started, outcome="sent"
            )
    with tenancy.scope(here.id):
        mark = about(here, at=now - timedelta(minutes=1))
        receive(
            here.channel,
            events.DeliveryUpdated(**mark, target="", state=events.DeliveryState.READ, up_to=True),
        )
        states = dict(Delivery.objects.values_list("part__text", "state"))
        assert states == {"old": "read", "late": "sent", "waiting": "queued"}


def test_prices_are_kept_word_for_word_also_when_they_come_early(world: World) -> None:
    here, price = world.filante, {"billable": True, "category": "utility"}
    say(here, "one")
    status = events.DeliveryUpdated(
        **about(here), target="w-1", state=events.DeliveryState.DELIVERED, price=price
    )
    with tenancy.scope(here.id):
        receive(here.channel, status)
        assert EarlyStatus.objects.get().price == price
    put(here, "one", state="read", ref="w-1")
    statuses._match(here.id)
    with tenancy.scope(here.id):
        assert Delivery.objects.get().price == price
        assert Delivery.objects.get().state == "read"

"""A channel that sends customers elsewhere, and one that is retired: nothing that is said is lost."""

from __future__ import annotations

from uuid import uuid4

import pytest

from apps.connections import connect
from apps.connections.addresses import link
from apps.connections.models import Channel, EntryPoint
from apps.conversations import redirecting
from apps.conversations.arrivals import Arrival
from apps.conversations.models import Conversation, Delivery, Message
from apps.conversations.receive import receive, receive_all
from apps.conversations.send import Author, AuthorKind, Draft, Refused, send_message
from apps.core import tenancy
from apps.tenants.models import AuditEntry
from tests.worlds import Side, World, said


def redirected(here: Side) -> Channel:
    connect.redirect(here.channel, [here.entry_point], actor="alice@example.com")
    return here.channel


def answers(here: Side) -> list[str]:
    return list(Message.objects.filter(author_kind="system").values_list("text", flat=True))


def test_customers_are_told_once_a_day_in_their_language(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        channel = redirected(here)
        both = [said(text, to=channel.address) for text in ("un", "deux")]
        made = receive_all([Arrival(channel, event) for event in both])
        assert [message.text for message in made] == ["un", "deux"]  # stored as ever
        receive(channel, said("trois", to=channel.address))
        [text] = answers(here)
        assert text.endswith(f"Assistance ADSL\u202f: {link(here.entry_point)}")
        assert Delivery.objects.get().message.text == text
        receive(channel, said("hello", to=channel.address, address="visitor-2"))
        assert len(answers(here)) == 2


def test_the_words_follow_the_customers_language(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        english = EntryPoint.objects.create(name="Help", tag="help", locale="en")
        points = [here.entry_point, english]
        assert redirecting.words(points, "fr-FR").startswith("Nous ne répondons plus ici.")
        assert "Help" not in redirecting.words(points, "fr-FR")
        assert redirecting.words(points, "en").startswith("We no longer answer here.")
        assert redirecting.words(points, "de").count("http") == 2
        unknown = redirecting.words(points, "")
        assert unknown.startswith("Nous ne répondons plus ici.") and "Help" in unknown
        assert redirecting.words([english, here.entry_point], "").startswith("We no longer answer here.")


def test_a_day_later_and_when_it_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        channel = redirected(here)
        receive(channel, said("un", to=channel.address))
        monkeypatch.setattr(redirecting.timezone, "localdate", lambda: "tomorrow")
        receive(channel, said("deux", to=channel.address))
        assert len(answers(here)) == 2
        connect.redirect(channel, [], actor="alice@example.com")
        receive(channel, said("trois", to=channel.address, address="visitor-3"))
        assert len(answers(here)) == 2
        actions = AuditEntry.objects.values_list("action", flat=True)
        assert {"channel.redirected", "channel.redirect_ended"} <= set(actions)


def test_an_entry_point_of_another_business_is_never_told(world: World) -> None:
    here, there = world.filante, world.garance
    with tenancy.scope(here.id):
        here.channel.redirect_to = [str(there.entry_point.pk)]
        here.channel.save()
        receive(here.channel, said("un", to=here.channel.address))
        assert answers(here) == []


def test_a_retired_channel_keeps_everything_and_sends_nothing(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        connect.retire(here.channel, actor="alice@example.com")
        connect.retire(here.channel, actor="alice@example.com")
        assert receive(here.channel, said("toujours là ?", to=here.channel.address)) is not None
        assert Conversation.objects.filter(channel=here.channel).exists()
        author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
        with pytest.raises(Refused) as refusal:
            send_message(here.conversation.pk, author, Draft(text="x"), client_id=uuid4())
        assert refusal.value.decision.rule == "channel_disabled"
        assert AuditEntry.objects.filter(action="channel.retired").count() == 1

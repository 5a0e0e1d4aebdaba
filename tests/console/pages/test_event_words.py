"""What a platform tells between the messages stands in the thread in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from apps.connections.models import Channel
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms import events
from apps.platforms.windows import Opener
from tests.worlds import Side, World, signed_in


@pytest.fixture
def here(world: World) -> Side:
    """Filante's customer writes on Messenger, whose window lasts 24 hours."""
    side = world.filante
    with tenancy.scope(side.id):
        Channel.objects.filter(pk=side.channel.pk).update(platform="messenger", address="42")
        side.channel.refresh_from_db()
    return side


def about(here: Side, at: datetime) -> dict[str, Any]:
    return {"to": here.channel.address, "address": "visitor-1", "ref": "w-1", "at": at}


def thread(here: Side, language: str = "en") -> str:
    client = signed_in(here.agent)
    path = f"/{here.slug}/inbox/teams/{here.conversation.pk}/"
    return client.get(path, headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize(
    ("opener", "words"),
    [
        (Opener.TAP, "The customer came without a word: window open until"),
        (Opener.CALL, "The customer called: window open until"),
    ],
)
def test_a_window_that_opens_says_until_when(here: Side, opener: Opener, words: str) -> None:
    with tenancy.scope(here.id):
        receive(here.channel, events.WindowOpened(**about(here, datetime.now(UTC)), opener=opener))
    assert words in thread(here)


def test_a_thread_that_is_handed_away_and_back_says_so(here: Side) -> None:
    for ours, words in ((False, "Handed to another app"), (True, "Handed back by another app")):
        event = events.ThreadControlChanged(**about(here, datetime.now(UTC)), ours=ours, owner="<b>123</b>")
        with tenancy.scope(here.id):
            receive(here.channel, event)
        shown = thread(here)
        assert words in shown
        assert "<b>123</b>" not in shown


def test_a_customer_who_stops_marketing_and_wants_it_again(here: Side) -> None:
    words = {False: "The customer stopped marketing messages", True: "wants marketing messages again"}
    for wanted in words:
        with tenancy.scope(here.id):
            receive(here.channel, events.MarketingChanged(**about(here, datetime.now(UTC)), wanted=wanted))
        assert words[wanted] in thread(here)


def test_another_business_reads_nothing_of_it(world: World, here: Side) -> None:
    with tenancy.scope(here.id):
        receive(here.channel, events.WindowOpened(**about(here, datetime.now(UTC))))
    charlie = Client(SERVER_NAME="localhost")
    charlie.force_login(world.garance.owner, backend="django.contrib.auth.backends.ModelBackend")
    assert charlie.get(f"/{here.slug}/inbox/teams/{here.conversation.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("blocked", "The customer blocked you."),
        ("opted_out", "The customer asked for no more messages."),
        ("deleted", "The customer ended the conversation."),
    ],
)
def test_how_a_customer_left(here: Side, reason: str, words: str) -> None:
    with tenancy.scope(here.id):
        receive(here.channel, events.ContactLeft(**about(here, datetime.now(UTC)), reason=reason))
    assert f"{words} Nothing can be sent until they write again." in thread(here)


def test_a_conversation_that_moves_to_another_address_says_so(here: Side) -> None:
    """Nobody had left: who answers a comment in private goes on with the same person."""
    other = {**about(here, datetime.now(UTC)), "address": "visitor-2"}
    moved = events.AddressChanged(**about(here, datetime.now(UTC)), new_address="visitor-2")
    with tenancy.scope(here.id):
        receive(here.channel, events.EntryPointTapped(**{**other, "ref": "w-2"}, tag=""))
        receive(here.channel, moved)
    shown = thread(here)
    assert "The conversation goes on under the customer’s other address" in shown
    assert "The customer is back" not in shown

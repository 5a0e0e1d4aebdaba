"""Many events at once are the same events one after the other, with a constant number of statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.conversations import stream
from apps.conversations.arrivals import Arrival
from apps.conversations.models import (
    Attachment,
    AuthorKind,
    ContactAddress,
    Conversation,
    Delivery,
    Direction,
    Message,
)
from apps.conversations.receive import receive, receive_all
from apps.core import tenancy
from apps.platforms import events
from apps.platforms.cards import CardAnswer, Option
from tests.worlds import Side, World, said

CUSTOMERS = ("ana", "ben", "cleo")


def happenings(random: Random, count: int) -> Iterator[events.Event]:
    """What customers of a platform do, repetitions included; `to` is filled in later."""
    before: list[events.Event] = []
    for number in range(count):
        who, at = random.choice(CUSTOMERS), datetime.now(UTC)
        facts: dict[str, Any] = {"to": "", "address": who, "ref": f"r{number}", "at": at}
        target = f"r{random.randrange(max(number, 1))}"
        words = said(f"n{number}", to="", address=who, ref=f"r{number}")
        event = random.choice(
            [
                *[words] * 8,
                replace(words, tag=random.choice(["adsl", "forged"])),
                replace(words, reply_to=target),
                replace(words, text="1"),
                replace(words, answer=CardAnswer(card_id="", selected=(Option(id="a", title="A"),)), text=""),
                replace(words, twin_key=f"twin-{random.randrange(3)}"),
                replace(words, media=(events.MediaRef(kind=events.MediaKind.IMAGE, locator={"id": "x"}),)),
                replace(words, facts=events.Facts(name=f"Name {number}", device="phone")),
                events.EntryPointTapped(**facts, tag="adsl"),
                events.ContactLeft(**facts, reason="blocked"),
                events.ContactReturned(**facts),
                events.MessageEdited(**facts, target=target, text=f"edited {number}"),
                events.MessageWithdrawn(**facts, target=target),
                events.ReactionReceived(**facts, target=target, emoji="👍"),
                events.DeliveryUpdated(**facts, target="ours", state=events.DeliveryState.DELIVERED),
                *before[-3:],
            ]
        )
        before.append(event)
        yield event


def state(here: Side) -> dict[str, list[object]]:
    """Everything that the tenant's people can see, without ids and times."""
    with tenancy.scope(here.id):
        conversations = Conversation.objects.filter(address__value__in=CUSTOMERS)
        conversations = conversations.order_by("address__value", "opened_at")
        names = {row.pk: f"{row.address.value}-{row.tag}" for row in conversations.select_related("address")}
        messages = Message.objects.filter(conversation__in=names).order_by(
            "conversation__address__value", "seq"
        )
        return {
            "conversations": [
                (
                    names[row.pk],
                    row.status,
                    row.team.slug if row.team else "",
                    row.last_seq,
                    row.last_inbound_seq,
                    row.preview,
                    row.preview_kind,
                    row.needs_answer_since is None,
                    row.entry_point_id is None,
                )
                for row in conversations
            ],
            "messages": [
                (
                    names[row.conversation_id],
                    row.seq,
                    row.ref,
                    row.text,
                    row.content,
                    row.reply_to.ref if row.reply_to else "",
                    row.withdrawn_at is None,
                )
                for row in messages
            ],
            "addresses": list(
                ContactAddress.objects.order_by("value").values_list(
                    "value", "reachable", "gone_reason", "device", "pending_tag", "contact__name"
                )
            ),
            "files": list(Attachment.objects.order_by("message__ref").values_list("message__ref", "kind")),
            "deliveries": list(Delivery.objects.values_list("state", flat=True)),
            "stream": sorted(
                (names.get(event.conversation_id, ""), place, event.kind) for place, event in told()
            ),
        }


def told() -> Iterator[tuple[int, stream.StreamEvent]]:
    """Each event with its place in its conversation; receipts of ours may come before or after words."""
    events = [event for event in stream.after(0) if event.kind != stream.Kind.DELIVERY_CHANGED]
    for name in {event.conversation_id for event in events}:
        yield from enumerate(event for event in events if event.conversation_id == name)


def asked(here: Side) -> None:
    """Ana has been asked something, as numbered text; one of our messages is known as "ours"."""
    with tenancy.scope(here.id):
        receive(here.channel, said("Bonjour", to="", address="ana", ref="first"))
        conversation = Conversation.objects.get(address__value="ana")
        card = Message.objects.create(
            conversation=conversation,
            channel=here.channel,
            seq=2,
            direction=Direction.OUT,
            author_kind=AuthorKind.MEMBER,
            content={"card_as_text": True, "card": card_json()},
        )
        Delivery.objects.create(
            message=card,
            conversation=conversation,
            channel=here.channel,
            seq=2000,
            part={},
            retry_class="K",
            decision={"allow": True, "rule": "x"},
            state="sent",
            ref="ours",
        )
        conversation.last_seq = 2
        conversation.save()


def card_json() -> dict[str, object]:
    from apps.platforms import cards

    card = cards.QuickReplies(id="card-1", prompt="Quand ?", options=(Option(id="a", title="A"),))
    return cards.to_json(card)


@pytest.mark.parametrize("seed", range(6))
def test_at_once_is_like_one_after_the_other(world: World, seed: int) -> None:
    happened = list(happenings(Random(seed), 60))
    here, there = world.filante, world.garance
    for side in (here, there):
        asked(side)
    with tenancy.scope(here.id):
        receive_all(Arrival(here.channel, event) for event in happened)
    with tenancy.scope(there.id):
        for event in happened:
            receive(there.channel, event)
    ours, theirs = state(here), state(there)
    for part, expected in theirs.items():
        assert ours[part] == expected, part


@pytest.mark.parametrize("new", [True, False])
def test_the_number_of_statements_does_not_grow(world: World, new: bool) -> None:
    here = world.filante

    def statements(many: int, *, prefix: str) -> int:
        happened = [
            Arrival(here.channel, said("x", to="", address=f"{prefix}{number}")) for number in range(many)
        ]
        with CaptureQueriesContext(connection) as taken, tenancy.scope(here.id):
            receive_all(happened)
        return len(taken)

    if not new:
        statements(40, prefix="a")
    assert statements(2, prefix="b" if new else "a") == statements(40, prefix="c" if new else "a")

"""Replies that wait to be sent, written straight into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import psycopg
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations.models import Contact, ContactAddress, Conversation, Delivery, Message
from apps.core import tenancy
from apps.platforms import base, registry
from benchmarks.harness.seeding import SUPERUSER


def fill(channel: Channel, total: int, *, conversations: int = 200, first: int = 1000) -> None:
    """Queue `total` numbered replies for an hour from now, dealt to conversations; `release` sends them.

    The customers' addresses are `first` and the numbers after it.
    """
    assert channel.tenant_id is not None
    with tenancy.scope(channel.tenant_id):
        talks = _conversations(channel, conversations, first)
        for start in range(0, total, 5000):
            numbers = range(start, min(start + 5000, total))
            messages = [_message(channel, talks[number % len(talks)], number) for number in numbers]
            Message.objects.bulk_create(messages)
            Delivery.objects.bulk_create([_delivery(message) for message in messages])


def release(database_url: str, *channels: Channel) -> None:
    """Let everything queued be due, all at once; of `channels` alone, where any are given."""
    words = "UPDATE conversations_delivery SET due_at = now() WHERE state = 'queued'"
    with psycopg.connect(database_url, user=SUPERUSER, autocommit=True) as database:
        if channels:
            database.execute(f"{words} AND channel_id = ANY (%s)", [[channel.pk for channel in channels]])
        else:
            database.execute(words)
        database.execute("ANALYZE")  # as autovacuum would have, had they come one by one


def left(database_url: str, *channels: Channel) -> int:
    """How many are queued or being sent, in every tenant; of `channels` alone, where any are given."""
    words = "SELECT count(*) FROM conversations_delivery WHERE state IN ('queued', 'sending')"
    only = " AND channel_id = ANY (%s)" if channels else ""
    with psycopg.connect(database_url, user=SUPERUSER) as database:
        given = [[channel.pk for channel in channels]] if channels else []
        row = database.execute(f"{words}{only}", given).fetchone()
    return int(row[0]) if row else 0


def _conversations(channel: Channel, count: int, first: int) -> Sequence[Conversation]:
    known = list(Conversation.objects.filter(channel=channel).order_by("id")[:count])
    if known:
        return known
    contacts = Contact.objects.bulk_create([Contact(name=f"Customer {n}") for n in range(count)])
    addresses = ContactAddress.objects.bulk_create(
        [
            ContactAddress(channel=channel, contact=contact, value=_address(channel.platform, first + number))
            for number, contact in enumerate(contacts)
        ]
    )
    return Conversation.objects.bulk_create(
        [
            Conversation(channel=channel, contact=address.contact, address=address, status="open")
            for address in addresses
        ]
    )


def _address(platform: str, number: int) -> str:
    return f"urn:mbid:{number}" if platform == "apple_messages" else str(number)


def _message(channel: Channel, conversation: Conversation, number: int) -> Message:
    text = f"{number} Bonjour, votre ligne est rétablie."
    return Message(
        conversation=conversation,
        channel=channel,
        seq=int(timezone.now().timestamp() * 1000) * 100_000 + number,
        direction="out",
        author_kind="system",
        text=text,
    )


def _delivery(message: Message) -> Delivery:
    return Delivery(
        message=message,
        conversation=message.conversation,
        channel=message.channel,
        seq=message.seq,
        part=base.part_to_json(base.Part(kind="text", text=message.text)),
        retry_class=registry.get(message.channel.platform).capabilities.retry_class,
        decision={"allow": True, "rule": "x"},
        due_at=timezone.now() + timedelta(hours=1),
    )

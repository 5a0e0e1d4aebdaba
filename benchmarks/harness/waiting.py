"""Received webhooks that wait to be handled, written straight into the table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle, islice

import psycopg
from django.utils import timezone

from apps.connections.models import Channel, ReceivedWebhook
from apps.core import tenancy
from benchmarks.harness import senders
from benchmarks.harness.seeding import SUPERUSER

LEFT = "SELECT count(*) FROM connections_receivedwebhook WHERE state = 'new'"  # in every tenant


def fill(channels: Sequence[Channel], total: int, *, customers: int = 200) -> None:
    """Store `total` Telegram messages, dealt to `channels`, for an hour from now; `release` lets them go."""
    dealt: dict[Channel, list[bytes]] = {channel: [] for channel in channels}
    bodies = senders.telegram_bodies(total, customers=customers)
    for channel, body in zip(islice(cycle(channels), total), bodies, strict=True):
        dealt[channel].append(body)
    for channel, mine in dealt.items():
        assert channel.tenant_id is not None
        with tenancy.scope(channel.tenant_id):
            rows = [_row(channel, body) for body in mine]
            ReceivedWebhook.objects.bulk_create(rows, batch_size=1000)


def release(database_url: str) -> int:
    """Let everything that was stored be due, all at once; how many."""
    with psycopg.connect(database_url, user=SUPERUSER) as database:
        words = "UPDATE connections_receivedwebhook SET due_at = now() WHERE state = 'new' AND due_at > now()"
        return database.execute(words).rowcount


@contextmanager
def counting(database_url: str, statement: str, *, user: str | None = None) -> Iterator[Callable[[], int]]:
    """What `statement` counts, each time it is called, over one connection: a new one for every question
    would cost the server as much as several messages."""
    with psycopg.connect(database_url, autocommit=True, user=user) as login:
        yield lambda: int(login.execute(statement.encode()).fetchall()[0][0])


def _row(channel: Channel, body: bytes) -> ReceivedWebhook:
    return ReceivedWebhook(
        channel=channel,
        dedup_key=str(json.loads(body)["update_id"]),
        received_at=timezone.now(),
        due_at=timezone.now() + timedelta(hours=1),
        path=f"/hooks/telegram/{channel.key}/",
        headers={"content-type": "application/json"},
        raw=body,
    )

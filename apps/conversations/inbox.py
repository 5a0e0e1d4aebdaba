"""Received webhooks become events become conversations: the worker's half of the way in.

One worker at a time per tenant (an advisory lock that ends with the transaction), rows in the order in
which they came, up to a hundred in one transaction. One that cannot be handled is tried again and then set
aside as dead, kept and visible, while the others go on. Nothing is taken out of the table before its effects
commit, so a killed worker loses nothing and repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from apps.connections import health, vault
from apps.connections.models import Channel, ReceivedWebhook, WebhookState
from apps.conversations import outgoing_http
from apps.conversations.arrivals import Arrival
from apps.conversations.receive import receive_all
from apps.core import measured, tenancy
from apps.core.http import Http
from apps.platforms import base, registry
from apps.platforms.events import Event, MessageReceived

log = logging.getLogger(__name__)

BATCH = 100
MAX_ATTEMPTS = 6
Parsed = Sequence[Event] | Exception


@dataclass(slots=True)
class _Batch:
    """A tenant's due webhooks in order: `ready` up to the first with an event that came by reference, and
    `pending`, all with such an event."""

    ready: list[ReceivedWebhook] = field(default_factory=list)
    pending: list[ReceivedWebhook] = field(default_factory=list)
    parsed: dict[UUID, Parsed] = field(default_factory=dict)
    credentials: dict[UUID, base.Credentials] = field(default_factory=dict)

    def add(self, row: ReceivedWebhook, events: Parsed, *, pending: bool) -> None:
        self.parsed[row.pk] = events
        if pending:
            self.pending.append(row)
        elif not self.pending:
            self.ready.append(row)


def drain(*, seconds: float = 20.0) -> int:
    """Handle due webhooks, tenant by tenant, until none is due or the time is up; how many were handled."""
    end, handled = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        tenants = _tenants_waiting()
        done = sum(_drain_apart(tenant_id) for tenant_id in tenants)
        handled += done
        if not done:
            break
    return handled


def _tenants_waiting() -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM queue_webhook_tenants(50)")
        return [row[0] for row in cursor.fetchall()]


def _drain_apart(tenant_id: UUID) -> int:
    """One tenant's trouble is no reason to keep the others waiting."""
    try:
        return _drain_tenant(tenant_id)
    except Exception:
        log.exception("webhooks of tenant %s", tenant_id)
        return 0


def _drain_tenant(tenant_id: UUID) -> int:
    """Handle a tenant's next webhooks, oldest first; how many.

    Those before the first whose event came by reference (with a link that dies soon) are handled at once;
    the reference is followed between two transactions, and the rest comes after it.
    """
    handled, completed = 0, dict[UUID, Parsed]()
    while True:
        with tenancy.scope(tenant_id):
            batch = _read(completed) if _alone(tenant_id) else _Batch()
            _handle(batch)
        done = [row for row in batch.ready if row.state == WebhookState.DONE]
        _note_reception(tenant_id, done)
        _acknowledge(done, batch)
        handled += len(batch.ready)
        if not batch.pending:
            return handled
        completed = _completed(batch)


def _read(completed: Mapping[UUID, Parsed]) -> _Batch:
    """The next due webhooks; `completed` are events of some that came by reference."""
    due = ReceivedWebhook.objects.filter(state=WebhookState.NEW, due_at__lte=timezone.now())
    rows = list(due.order_by("received_at", "id")[:BATCH])
    channels = Channel.objects.in_bulk({row.channel_id for row in rows})
    batch = _Batch(credentials=_revealed(channels.values()))
    for row in rows:
        row.channel = channels[row.channel_id]
        events = completed.get(row.pk) or _parse(row, batch.credentials.get(row.channel_id))
        batch.add(row, events, pending=row.pk not in completed and _by_reference(events))
    return batch


def _revealed(channels: Iterable[Channel]) -> dict[UUID, base.Credentials]:
    """The credentials by channel; without those that cannot be opened."""
    found: dict[UUID, base.Credentials] = {}
    for channel in channels:
        with suppress(vault.CredentialUnreadable):
            found[channel.pk] = vault.reveal(channel)
    return found


def _alone(tenant_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 3))", [str(tenant_id)])
        alone: bool = cursor.fetchone()[0]
        return alone


def as_request(row: ReceivedWebhook) -> base.Inbound:
    """The stored request as the adapter saw it."""
    return base.Inbound(method="POST", path=row.path, query={}, headers=row.headers, body=bytes(row.raw))


def _parse(row: ReceivedWebhook, credentials: base.Credentials | None) -> Parsed:
    if credentials is None:
        return base.BadCredentials("what is stored of this channel cannot be opened")
    try:
        events = registry.get(row.channel.platform).parse(as_request(row), credentials)
    except Exception as error:  # kept and shown, whatever it was
        return error
    ours = [event for event in events if event.to in ("", row.channel.address)]
    if events and not ours:
        return base.Malformed(f"addressed to {events[0].to}, which is not this channel")
    return ours


def _by_reference(events: Parsed) -> bool:
    if isinstance(events, Exception):
        return False
    return any(isinstance(event, MessageReceived) and event.pending is not None for event in events)


def _completed(batch: _Batch) -> dict[UUID, Parsed]:
    """What the batch's references lead to, asked for outside any transaction, by webhook."""
    return {
        row.pk: asyncio.run(
            _complete(
                registry.get(row.channel.platform),
                cast(Sequence[Event], batch.parsed[row.pk]),
                batch.credentials[row.channel_id],
            )
        )
        for row in batch.pending
    }


async def _complete(
    platform: base.Platform, events: Sequence[Event], credentials: base.Credentials
) -> Parsed:
    async with outgoing_http.door() as http:
        try:
            return [await _whole(platform, event, credentials, http) for event in events]
        except base.SendError as error:
            return error


async def _whole(platform: base.Platform, event: Event, credentials: base.Credentials, http: Http) -> Event:
    """The event complete; as it came when the platform will never give the rest (its link has died)."""
    if not isinstance(event, MessageReceived) or event.pending is None:
        return event
    try:
        return await platform.resolve(event, credentials, http)
    except base.Rejected:
        return event


def _note_reception(tenant_id: UUID, rows: list[ReceivedWebhook]) -> None:
    """In a transaction of its own: the row of a channel is also written by whoever sends on it."""
    channels = {row.channel_id: row.channel for row in rows}
    quiet = [channel for channel in channels.values() if health.reception_is_news(channel)]
    if quiet:
        with tenancy.scope(tenant_id):
            for channel in quiet:
                health.received(channel)


def _acknowledge(rows: list[ReceivedWebhook], batch: _Batch) -> None:
    """Tell platforms that wait for it (Telegram's buttons spin) that their event was taken; best effort."""
    calls = [
        (registry.get(row.channel.platform), event, batch.credentials[row.channel_id])
        for row in rows
        for event in cast(Sequence[Event], batch.parsed[row.pk])
        if isinstance(event, MessageReceived) and event.ack
    ]
    if calls:
        asyncio.run(_acknowledge_all(calls))


async def _acknowledge_all(calls: list[tuple[base.Platform, MessageReceived, base.Credentials]]) -> None:
    async with outgoing_http.door() as http:
        answers = [platform.acknowledge(event, creds, http) for platform, event, creds in calls]
        for result in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(result, BaseException):
                log.info("not acknowledged: %s", type(result).__name__)


def _handle(batch: _Batch) -> None:
    understood = []
    for row in batch.ready:
        events = batch.parsed[row.pk]
        if isinstance(events, Exception):
            _set_aside(row, events)
        else:
            understood.append((row, events))
    _receive(understood)


def _receive(understood: Sequence[tuple[ReceivedWebhook, Sequence[Event]]]) -> None:
    """All in one go; when that fails one after the other, and what cannot be handled is set aside."""
    if not understood:
        return
    try:
        with tenancy.scope(tenancy.require()):
            receive_all(Arrival(row.channel, event) for row, events in understood for event in events)
            _mark_done([row for row, _ in understood])
    except Exception as error:  # any failure keeps the row
        if len(understood) == 1:
            _set_aside(understood[0][0], error)
            return
        for one in understood:
            _receive([one])


def _mark_done(rows: Sequence[ReceivedWebhook]) -> None:
    now = timezone.now()
    new = ReceivedWebhook.objects.filter(pk__in=[row.pk for row in rows])
    new.update(state=WebhookState.DONE, attempt=F("attempt") + 1, error="", handled_at=now)
    for row in rows:
        row.state = WebhookState.DONE
        measured.waited("webhooks", (now - row.due_at).total_seconds())


def _set_aside(row: ReceivedWebhook, error: Exception) -> None:
    log.warning("webhook %s: %s", row.pk, type(error).__name__)
    row.attempt += 1
    hopeless = isinstance(error, base.Malformed) or row.attempt >= MAX_ATTEMPTS
    row.state = WebhookState.DEAD if hopeless else WebhookState.NEW
    row.error = _words(error)
    row.due_at = timezone.now() + timedelta(seconds=min(300, 2**row.attempt))
    row.save(update_fields=["state", "attempt", "error", "due_at"])


def _words(error: Exception) -> str:
    """What operators may read: our own and the platform's words, never a database's (they quote content)."""
    said = f": {error}" if isinstance(error, base.Malformed | base.SendError) else ""
    return f"{type(error).__name__}{said}"[:500]

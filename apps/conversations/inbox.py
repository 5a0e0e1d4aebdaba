"""Received webhooks become events become conversations: the worker's half of the way in.

One worker at a time per tenant (an advisory lock that ends with the transaction), rows in the order in
which they came, each in a savepoint: one that cannot be handled is tried again and then set aside as dead,
kept and visible, while the others go on. Nothing is taken out of the table before its effects commit, so a
killed worker loses nothing and repeats nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.connections import health, vault
from apps.connections.models import Channel, ReceivedWebhook, WebhookState
from apps.conversations import outgoing_http
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.core.http import Http
from apps.platforms import base, registry
from apps.platforms.events import Event, MessageReceived

log = logging.getLogger(__name__)

BATCH = 100
MAX_ATTEMPTS = 6
Parsed = Sequence[Event] | Exception


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
    with tenancy.scope(tenant_id):
        rows = list(_due()[:BATCH])
        credentials = _revealed({row.channel_id: row.channel for row in rows})
    parsed = {row.pk: _parse(row, credentials.get(row.channel_id)) for row in rows}
    _resolve_pending(rows, parsed, credentials)
    with tenancy.scope(tenant_id):
        if not _alone(tenant_id):
            return 0
        handled = _still_due(rows)
        for row in handled:
            _handle(row, parsed[row.pk])
    done = [row for row in handled if row.state == WebhookState.DONE]
    _note_reception(tenant_id, done)
    _acknowledge(done, parsed, credentials)
    return len(handled)


def _revealed(channels: dict[UUID, Channel]) -> dict[UUID, base.Credentials]:
    """The credentials by channel; without those that cannot be opened."""
    found: dict[UUID, base.Credentials] = {}
    for pk, channel in channels.items():
        with suppress(vault.CredentialUnreadable):
            found[pk] = vault.reveal(channel)
    return found


def _due() -> QuerySet[ReceivedWebhook]:
    rows = ReceivedWebhook.objects.filter(state=WebhookState.NEW, due_at__lte=timezone.now())
    return rows.select_related("channel").order_by("received_at", "id")


def _still_due(rows: list[ReceivedWebhook]) -> list[ReceivedWebhook]:
    new = ReceivedWebhook.objects.filter(pk__in=[r.pk for r in rows], state=WebhookState.NEW)
    still = set(new.values_list("pk", flat=True))
    return [row for row in rows if row.pk in still]


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


def _resolve_pending(
    rows: list[ReceivedWebhook],
    parsed: dict[UUID, Parsed],
    credentials: dict[UUID, base.Credentials],
) -> None:
    """Complete events that came by reference, outside any transaction, before their links die."""
    for row in rows:
        events = parsed[row.pk]
        if isinstance(events, Exception) or not any(_pending(event) for event in events):
            continue
        platform = registry.get(row.channel.platform)
        parsed[row.pk] = asyncio.run(_complete(platform, events, credentials[row.channel_id]))


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
    with tenancy.scope(tenant_id):
        for channel in {row.channel_id: row.channel for row in rows}.values():
            health.received(channel)


def _acknowledge(
    rows: list[ReceivedWebhook], parsed: dict[UUID, Parsed], credentials: dict[UUID, base.Credentials]
) -> None:
    """Tell platforms that wait for it (Telegram's buttons spin) that their event was taken; best effort."""
    calls = [
        (registry.get(row.channel.platform), event, credentials[row.channel_id])
        for row in rows
        for event in cast(Sequence[Event], parsed[row.pk])
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


def _pending(event: Event) -> bool:
    return isinstance(event, MessageReceived) and event.pending is not None


def _handle(row: ReceivedWebhook, events: Parsed) -> None:
    row.attempt += 1
    try:
        if isinstance(events, Exception):
            raise events
        with tenancy.scope(tenancy.require()):
            for event in events:
                receive(row.channel, event)
            row.state, row.error, row.handled_at = WebhookState.DONE, "", timezone.now()
            row.save(update_fields=["state", "attempt", "error", "handled_at"])
    except Exception as error:  # any failure keeps the row
        _set_aside(row, error)


def _set_aside(row: ReceivedWebhook, error: Exception) -> None:
    log.warning("webhook %s: %s", row.pk, type(error).__name__)
    hopeless = isinstance(error, base.Malformed) or row.attempt >= MAX_ATTEMPTS
    row.state = WebhookState.DEAD if hopeless else WebhookState.NEW
    row.error = _words(error)
    row.due_at = timezone.now() + timedelta(seconds=min(300, 2**row.attempt))
    row.save(update_fields=["state", "attempt", "error", "due_at"])


def _words(error: Exception) -> str:
    """What operators may read: our own and the platform's words, never a database's (they quote content)."""
    said = f": {error}" if isinstance(error, base.Malformed | base.SendError) else ""
    return f"{type(error).__name__}{said}"[:500]

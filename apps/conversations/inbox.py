"""Received webhooks become events become conversations: the worker's half of the way in.

One worker at a time per tenant (an advisory lock that ends with the transaction), rows in the order in
which they came, as many in one transaction as fit into half a second. One that cannot be handled is tried
again and then set aside as dead, kept and visible, while the others go on. Nothing is taken out of the table
before its effects commit, so a killed worker loses nothing and repeats nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from django.db import OperationalError, connection
from django.utils import timezone

from apps.connections import health
from apps.connections.models import ReceivedWebhook, WebhookState
from apps.conversations import acknowledge, due, references, trouble
from apps.conversations.arrivals import Arrival
from apps.conversations.due import Batch, Parsed
from apps.conversations.portion import Portion
from apps.conversations.receive import receive_all
from apps.core import measured, planned, tenancy
from apps.platforms import base, registry
from apps.platforms.events import (
    DeliveryUpdated,
    Event,
    MessageEchoed,
    MessageReceived,
    MessageWithdrawn,
    Unreadable,
)

log = logging.getLogger(__name__)

_portion = Portion()

MAX_ATTEMPTS = 6
PATIENCE = timedelta(days=1)
Understood = Sequence[tuple[ReceivedWebhook, Sequence[Event]]]
SAID = (MessageReceived, MessageEchoed, MessageWithdrawn, DeliveryUpdated)


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
    most = _portion.rows  # the same for all that is read here: what references led to must be among it
    while True:
        batch = _handled(tenant_id, completed, most)
        done = [row for row in batch.ready if row.state == WebhookState.DONE]
        _note_reception(tenant_id, done)
        _acknowledge(tenant_id, done, batch)
        handled += len(batch.ready)
        if not batch.pending:
            return handled
        completed = _completed(tenant_id, batch)


def _handled(tenant_id: UUID, completed: Mapping[UUID, Parsed], most: int) -> Batch:
    """The next due webhooks, handled in one transaction: as long as none fails without savepoints, which cost
    two round trips."""
    began = time.monotonic()
    try:
        batch = _handle(tenant_id, completed, most, _receive)
    except OperationalError:  # the database's trouble, not a webhook's: later ones may not overtake it
        raise
    except Exception:  # whichever it was is found, logged and kept at the second try
        return _handle(tenant_id, completed, most, _receive_guarded)
    _portion.took(len(batch.ready), time.monotonic() - began)
    return batch


def _alone(tenant_id: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 3))", [str(tenant_id)])
        alone: bool = cursor.fetchone()[0]
        return alone


def _completed(tenant_id: UUID, batch: Batch) -> dict[UUID, Parsed]:
    """What the batch's references lead to, by webhook; refused credentials stop their channel."""
    found: dict[UUID, Parsed] = {}
    for row in batch.pending:
        events = cast(Sequence[Event], batch.parsed[row.pk])
        platform = registry.get(row.channel.platform)
        found[row.pk] = whole = references.follow(platform, events, batch.credentials[row.channel_id])
        if isinstance(whole, base.SendError):
            trouble.note(tenant_id, row.channel, whole)
    return found


def _note_reception(tenant_id: UUID, rows: list[ReceivedWebhook]) -> None:
    """In a transaction of its own: the row of a channel is also written by whoever sends on it."""
    channels = {row.channel_id: row.channel for row in rows}
    quiet = [channel for channel in channels.values() if health.reception_is_news(channel)]
    if quiet:
        with tenancy.scope(tenant_id):
            for channel in quiet:
                health.received(channel)


def _acknowledge(tenant_id: UUID, rows: list[ReceivedWebhook], batch: Batch) -> None:
    acknowledge.acknowledge(
        tenant_id,
        [
            (row.channel, event, batch.credentials[row.channel_id])
            for row in rows
            for event in cast(Sequence[Event], batch.parsed[row.pk])
            if isinstance(event, MessageReceived) and event.ack
        ],
    )


def _handle(
    tenant_id: UUID,
    completed: Mapping[UUID, Parsed],
    most: int,
    receive: Callable[[Understood], None],
) -> Batch:
    with tenancy.scope(tenant_id):
        batch = due.read(completed, most) if _alone(tenant_id) else Batch()
        understood = []
        for row in batch.ready:
            events = batch.parsed[row.pk]
            if isinstance(events, Exception):
                _set_aside(row, events)
            else:
                understood.append((row, events))
        if understood:
            receive(understood)
        return batch


def _receive(understood: Understood) -> None:
    receive_all(Arrival(row.channel, event) for row, events in understood for event in _news(row, events))
    _settle(understood)


def _receive_guarded(understood: Understood) -> None:
    """All in one go; when that fails one after the other, and what cannot be handled is set aside."""
    try:
        with tenancy.scope(tenancy.require()):
            _receive(understood)
    except OperationalError:
        raise
    except Exception as error:  # any failure keeps the row
        if len(understood) == 1:
            _set_aside(understood[0][0], error)
            return
        for one in understood:
            _receive_guarded([one])


def _news(row: ReceivedWebhook, events: Sequence[Event]) -> list[Event]:
    """What counts of a webhook's events. Of one of which something could not be read the rest has counted
    then: read again it brings what was said, not how things stood at that time."""
    if row.handled_at is None:
        return [event for event in events if not isinstance(event, Unreadable)]
    return [event for event in events if isinstance(event, SAID)]


def _settle(understood: Understood) -> None:
    """Done, but what could not be read of a webhook sets it aside, with all that it says."""
    broken = {row.pk: [e.words for e in events if isinstance(e, Unreadable)] for row, events in understood}
    if whole := [row for row, _ in understood if not broken[row.pk]]:
        _mark_done(whole)
    for row, events in understood:
        if words := broken[row.pk]:
            row.handled_at = timezone.now()
            _set_aside(row, base.Malformed(f"{len(words)} of {len(events)}: {words[0]}"))


def _mark_done(rows: Sequence[ReceivedWebhook]) -> None:
    now = timezone.now()
    with planned.cursor() as cursor:
        cursor.execute(
            "UPDATE connections_receivedwebhook SET state = %s, attempt = attempt + 1, error = '', "
            "handled_at = %s WHERE tenant_id = %s AND id = ANY(%s)",
            [WebhookState.DONE, now, tenancy.require(), [row.pk for row in rows]],
        )
    for row in rows:
        row.state = WebhookState.DONE
        measured.waited("webhooks", (now - row.due_at).total_seconds())


def _set_aside(row: ReceivedWebhook, error: Exception) -> None:
    log.warning("webhook %s: %s", row.pk, type(error).__name__)
    row.attempt += 1
    hopeless = isinstance(error, base.Malformed) or _tried_enough(row, error)
    row.state = WebhookState.DEAD if hopeless else WebhookState.NEW
    row.error = _words(error)
    row.due_at = timezone.now() + timedelta(seconds=min(300, 2**row.attempt))
    row.save(update_fields=["state", "attempt", "error", "due_at", "handled_at"])


def _tried_enough(row: ReceivedWebhook, error: Exception) -> bool:
    """What needs credentials that are refused just now waits a day for a person."""
    if isinstance(error, base.BadCredentials):
        return timezone.now() - row.received_at > PATIENCE
    return row.attempt >= MAX_ATTEMPTS


def _words(error: Exception) -> str:
    """What operators may read: our own and the platform's words, never a database's (they quote content)."""
    said = f": {error}" if isinstance(error, base.Malformed | base.SendError) else ""
    return f"{type(error).__name__}{said}"[:500]

"""What a send's result does to its delivery: the domain's half of the closed set of errors."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from functools import singledispatch
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.connections import health
from apps.conversations import parking
from apps.conversations.addresses import mark_gone
from apps.conversations.models import Delivery, DeliveryAttempt, DeliveryStatus
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.platforms import base

BASE_SECONDS, CAP_SECONDS = 2.0, 900.0
GIVE_UP = timedelta(hours=24)


def write(
    tenant_id: UUID, delivery_id: UUID, token: UUID, result: str | base.SendError, started: datetime
) -> bool:
    """Write the result of one try; False when the lease was lost meanwhile and nothing was written."""
    with tenancy.scope(tenant_id):
        rows = Delivery.objects.select_for_update(no_key=True, of=("self",))
        delivery = (
            rows.select_related("conversation__address", "channel")
            .filter(pk=delivery_id, lease_token=token, state=DeliveryStatus.SENDING)
            .first()
        )
        if delivery is None:
            return False
        if isinstance(result, str):
            _sent(delivery, result)
        else:
            delivery.code, delivery.words = result.code[:60], result.words[:500]
            _refused(result, delivery)
        _finish(delivery, result, started)
        return True


def reap() -> int:
    """Deal with leases that ran out: class K goes back into the queue, the others become unknown (I5)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, delivery_id FROM queue_expired_deliveries(500)")
        expired = cursor.fetchall()
    return sum(_expire(tenant_id, delivery_id) for tenant_id, delivery_id in expired)


def backoff(attempt: int, *, pick: random.Random | None = None) -> float:
    """Full jitter: seconds between 0 and min(cap, base * 2**attempt)."""
    chooser = pick or random
    return chooser.uniform(0, min(CAP_SECONDS, BASE_SECONDS * 2 ** min(attempt, 20)))


def _sent(delivery: Delivery, ref: str) -> None:
    delivery.state, delivery.ref, delivery.sent_at = DeliveryStatus.SENT, ref, timezone.now()
    delivery.code = delivery.words = ""
    health.sent_ok(delivery.channel)


@singledispatch
def _refused(error: base.SendError, delivery: Delivery) -> None:
    _fail(delivery)


@_refused.register
def _unreachable(error: base.Unreachable, delivery: Delivery) -> None:
    health.transport_failed(delivery.channel, error.words)
    _again(delivery, backoff(delivery.attempt))


@_refused.register
def _throttled(error: base.Throttled, delivery: Delivery) -> None:
    health.throttled(delivery.channel, error.retry_after)
    delivery.attempt -= 1  # the platform's wish is no failure
    _again(delivery, error.retry_after)


@_refused.register
def _unknown(error: base.Unknown, delivery: Delivery) -> None:
    health.transport_failed(delivery.channel, error.words)
    if delivery.retry_class == base.RetryClass.KEYED:
        _again(delivery, backoff(delivery.attempt))
    else:
        delivery.state = DeliveryStatus.UNKNOWN


@_refused.register
def _credentials(error: base.BadCredentials, delivery: Delivery) -> None:
    """The channel stops and says so; what waits is kept, not failed."""
    health.credentials_refused(delivery.channel, error.words)
    record(Kind.CHANNEL_CHANGED, None, channel=str(delivery.channel_id))
    delivery.attempt -= 1
    _again(delivery, 0)


@_refused.register
def _gone(error: base.ContactGone, delivery: Delivery) -> None:
    delivery.state = DeliveryStatus.PARKED
    address = delivery.conversation.address
    if mark_gone(address, error.reason):
        record(Kind.CONTACT_LEFT, delivery.conversation, reason=error.reason)
    parking.park_queued(address)


def _again(delivery: Delivery, seconds: float) -> None:
    if timezone.now() - delivery.created_at > GIVE_UP:
        _fail(delivery)
        return
    delivery.state = DeliveryStatus.QUEUED
    delivery.due_at = timezone.now() + timedelta(seconds=seconds)


def _fail(delivery: Delivery) -> None:
    delivery.state = DeliveryStatus.FAILED


def _finish(delivery: Delivery, result: str | base.SendError, started: datetime) -> None:
    now = timezone.now()
    delivery.lease_token = delivery.lease_until = None
    delivery.updated_at = now
    delivery.save()
    DeliveryAttempt.objects.create(
        delivery=delivery,
        number=max(delivery.attempt, 1),
        started_at=started,
        ended_at=now,
        outcome="sent" if isinstance(result, str) else type(result).__name__,
        code=delivery.code,
        words=delivery.words,
    )
    record(
        Kind.DELIVERY_CHANGED, delivery.conversation, message=str(delivery.message_id), state=delivery.state
    )


def _expire(tenant_id: UUID, delivery_id: UUID) -> int:
    with tenancy.scope(tenant_id):
        rows = Delivery.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        expired = rows.filter(state=DeliveryStatus.SENDING, lease_until__lt=timezone.now())
        delivery = expired.select_related("conversation").filter(pk=delivery_id).first()
        if delivery is None:
            return 0
        keyed = delivery.retry_class == base.RetryClass.KEYED
        delivery.state = DeliveryStatus.QUEUED if keyed else DeliveryStatus.UNKNOWN
        delivery.words = "" if keyed else "the sender stopped before an answer came"
        delivery.due_at = timezone.now()
        _finish(delivery, base.Unknown(delivery.words, code="lease"), delivery.updated_at)
        return 1

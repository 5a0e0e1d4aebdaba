"""What a send's result does to its delivery: the domain's half of the closed set of errors."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import singledispatch
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.db.models import QuerySet
from django.utils import timezone

from apps.connections import health
from apps.connections.models import Channel
from apps.conversations import accepted, fall_back, marketing, parking, settling, ways
from apps.conversations.addresses import mark_gone
from apps.conversations.models import Delivery, DeliveryAttempt, DeliveryStatus
from apps.conversations.result import Result
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.core.ids import new_id
from apps.platforms import base

log = logging.getLogger(__name__)

BASE_SECONDS, CAP_SECONDS = 2.0, 900.0
GIVE_UP = timedelta(hours=24)
WRITTEN = [
    "state", "attempt", "due_at", "settling_until", "looks", "lease_until", "lease_token",
    "ref", "code", "words", "settled_by", "sent_at", "updated_at",
]  # fmt: skip


def write_all(results: Sequence[Result]) -> list[Result]:
    """Write results, one transaction per tenant; those that could not be written now, to be tried again.

    A result whose lease was lost meanwhile is dropped. Raises nothing: what cannot be written at all is
    logged, and its delivery found by its lease.
    """
    by_tenant: dict[UUID, list[Result]] = {}
    for result in results:
        by_tenant.setdefault(result.tenant_id, []).append(result)
    return [late for group in by_tenant.values() for late in _write_or_keep(group)]


def write(
    tenant_id: UUID, delivery_id: UUID, token: UUID, answer: str | base.SendError, started: datetime
) -> bool:
    """Write one result; False when the lease was lost meanwhile and nothing was written."""
    with tenancy.scope(tenant_id):
        if not _leased([delivery_id], token).select_for_update(no_key=True).exists():
            return False
        _write([Result(tenant_id, delivery_id, token, answer, started, timezone.now())])
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


def _write_or_keep(results: list[Result]) -> list[Result]:
    try:
        with tenancy.scope(results[0].tenant_id):
            return _write(results)
    except (OperationalError, InterfaceError):  # the database is away, or somebody waits for us
        log.warning("%d results not written yet", len(results), exc_info=True)
        return results
    except Exception:
        if len(results) == 1:
            log.exception("result of delivery %s not written", results[0].delivery_id)
            return []
        return [late for each in results for late in _write_or_keep([each])]


def _write(results: list[Result]) -> list[Result]:
    """Write one tenant's results in its scope; those whose row somebody holds just now."""
    channels = _Channels()
    sent = [result for result in results if isinstance(result.answer, str)]
    taken = accepted.write(sent) if sent else {}
    channels.good.update(taken.values())
    written = set(taken)
    for result in results:
        if isinstance(result.answer, base.SendError) and _refuse(result, result.answer, channels):
            written.add(result.delivery_id)
    channels.note()
    if len(written) == len(results):
        return []
    missing = {result.delivery_id: result for result in results if result.delivery_id not in written}
    held = Delivery.objects.filter(pk__in=missing, lease_token__in={r.token for r in missing.values()})
    return [missing[pk] for pk in held.values_list("pk", flat=True)]


class _Channels:
    """What a batch says of its channels, to be noted once for each."""

    def __init__(self) -> None:
        self.good: set[UUID] = set()
        self.failed: dict[UUID, list[str]] = {}
        self.known: dict[UUID, Channel] = {}

    def fails(self, channel: Channel, words: str) -> None:
        self.known[channel.pk] = channel
        self.failed.setdefault(channel.pk, []).append(words)

    def note(self) -> None:
        if self.good:
            health.sent_ok(*self.good)
        for pk, words in self.failed.items():
            health.transport_failed(self.known[pk], words[-1], times=len(words))


def _refuse(result: Result, error: base.SendError, channels: _Channels) -> bool:
    rows = _leased([result.delivery_id], result.token).select_related("conversation__address", "channel")
    delivery = rows.select_for_update(no_key=True, of=("self",), skip_locked=True).first()
    if delivery is None:
        return False
    if delivery.state == DeliveryStatus.SENDING:
        delivery.code, delivery.words = error.code[:60], error.words[:500]
        _refused(error, delivery, channels)
    _finish(delivery, result)
    return True


def _leased(ids: list[UUID], token: UUID) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk__in=ids, lease_token=token)


@singledispatch
def _refused(error: base.SendError, delivery: Delivery, channels: _Channels) -> None:
    _fail(delivery)


@_refused.register
def _out_of_reach(error: base.OutOfReach, delivery: Delivery, channels: _Channels) -> None:
    """Another way, unless an earlier try may have been accepted after all."""
    _fail(delivery)
    if not delivery.attempts.filter(outcome=base.Unknown.__name__).exists():
        fall_back.fall_back(delivery)


@_refused.register
def _exhausted(error: base.Exhausted, delivery: Delivery, channels: _Channels) -> None:
    """Amber: somebody has to buy more, or to wait for the next month."""
    _fail(delivery)
    health.told(delivery.channel, error.words, code=error.code, stops=False)
    record(Kind.CHANNEL_CHANGED, None, channel=str(delivery.channel_id))


@_refused.register
def _unwanted(error: base.MarketingStopped, delivery: Delivery, channels: _Channels) -> None:
    _fail(delivery)
    marketing.refused(delivery, at=timezone.now())


@_refused.register
def _unreachable(error: base.Unreachable, delivery: Delivery, channels: _Channels) -> None:
    channels.fails(delivery.channel, error.words)
    _again(delivery, backoff(delivery.attempt))


@_refused.register
def _throttled(error: base.Throttled, delivery: Delivery, channels: _Channels) -> None:
    if not error.only_this_address:
        health.throttled(delivery.channel, error.retry_after)
    delivery.attempt -= 1  # the platform's wish is no failure
    _again(delivery, error.retry_after)


@_refused.register
def _unknown(error: base.Unknown, delivery: Delivery, channels: _Channels) -> None:
    channels.fails(delivery.channel, error.words)
    if delivery.retry_class == base.RetryClass.KEYED and error.repeatable:
        _again(delivery, backoff(delivery.attempt))
    else:
        settling.begin(delivery)


@_refused.register
def _credentials(error: base.BadCredentials, delivery: Delivery, channels: _Channels) -> None:
    """The channel stops and says so; what waits is kept, however long, not failed."""
    health.credentials_refused(delivery.channel, error.words)
    record(Kind.CHANNEL_CHANGED, None, channel=str(delivery.channel_id))
    delivery.attempt -= 1
    delivery.state, delivery.due_at = DeliveryStatus.QUEUED, timezone.now()


@_refused.register
def _gone(error: base.ContactGone, delivery: Delivery, channels: _Channels) -> None:
    delivery.state = DeliveryStatus.PARKED
    address = delivery.conversation.address
    if delivery.channel_id != address.channel_id:
        mark_gone(ways.meet(delivery.channel, address), error.reason)
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


def _finish(delivery: Delivery, result: Result) -> None:
    delivery.lease_token = delivery.lease_until = None
    delivery.updated_at = timezone.now()
    delivery.save(update_fields=WRITTEN)
    tried = _try(result, delivery.attempt)
    tried.code, tried.words = delivery.code, delivery.words
    tried.save(force_insert=True)
    tell(delivery)


def _try(result: Result, attempt: int) -> DeliveryAttempt:
    return DeliveryAttempt(
        delivery_id=result.delivery_id,
        number=max(attempt, 1),
        started_at=result.started,
        ended_at=result.ended,
        outcome=type(result.answer).__name__,
    )


def _expire(tenant_id: UUID, delivery_id: UUID) -> int:
    with tenancy.scope(tenant_id):
        rows = Delivery.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        expired = rows.filter(state=DeliveryStatus.SENDING, lease_until__lt=timezone.now())
        delivery = expired.select_related("conversation", "channel").filter(pk=delivery_id).first()
        if delivery is None:
            return 0
        if delivery.retry_class == base.RetryClass.KEYED:
            delivery.state, delivery.due_at, delivery.words = DeliveryStatus.QUEUED, timezone.now(), ""
        else:
            delivery.words = "the sender stopped before an answer came"
            settling.begin(delivery)
        why = base.Unknown(delivery.words, code="lease")
        _finish(delivery, Result(tenant_id, delivery_id, new_id(), why, delivery.updated_at, timezone.now()))
        return 1


def tell(delivery: Delivery) -> None:
    """Put the delivery's new state on the stream."""
    record(
        Kind.DELIVERY_CHANGED,
        delivery.conversation_id,
        message=str(delivery.message_id),
        state=delivery.state,
    )

"""What platforms tell later about our messages. States only move forward."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations import fall_back, marketing
from apps.conversations.models import Delivery, DeliveryAttempt, DeliveryStatus, EarlyStatus
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.platforms.events import DeliveryState, DeliveryUpdated

RANK = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.SENDING: 0,
    DeliveryStatus.UNKNOWN: 0,
    DeliveryStatus.SENT: 1,
    DeliveryStatus.DELIVERED: 2,
    DeliveryStatus.READ: 3,
}
IDLE = (DeliveryStatus.SENT, DeliveryStatus.UNKNOWN)  # out of our hands, and not yet with the customer
CLOCKS = timedelta(seconds=2)  # by which a platform's clock may be behind ours
KEPT = timedelta(minutes=10)  # what is told of a message that we do not know


def record_delivery(channel: Channel, event: DeliveryUpdated) -> None:
    """Move the delivery named by our id or the platform's ref. Late, repeated and reordered are harmless.

    What comes before the answer to our own call is kept until that has told us the ref.
    """
    delivery = _named(channel, event)
    if delivery is not None:
        _note_price(delivery, event.price)
        idle = delivery.state in IDLE and not delivery.settled_by
        _move(delivery, event.state, ref=event.target, code=event.code, words=event.words)
        if event.out_of_reach and idle:
            fall_back.fall_back(delivery)
            delivery.save(update_fields=["code", "settled_by"])
        if event.marketing_stopped:
            marketing.refused(delivery, at=event.at)
    elif event.target:
        early = EarlyStatus(
            channel=channel, ref=event.target[:512], state=event.state.value,
            code=event.code[:60], words=event.words[:500], price=event.price,
        )  # fmt: skip
        EarlyStatus.objects.bulk_create([early], ignore_conflicts=True)
    if event.up_to:
        _move_earlier(channel, event)


def ours(channel: Channel, delivery_id: str, ref: str) -> bool:
    """Whether an echo is of something that we sent on this channel."""
    our_id = _uuid(delivery_id)
    named = Q(pk=our_id) if our_id else Q(ref=ref) if ref else Q(pk=None)
    return Delivery.objects.filter(named, channel=channel).exists()


def match_early() -> int:
    """Apply what came too early and can be understood now, forget what is too old; how many were applied."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM queue_early_tenants()")
        tenants = [tenant_id for (tenant_id,) in cursor.fetchall()]
    return sum(_match(tenant_id) for tenant_id in tenants)


def _match(tenant_id: UUID) -> int:
    with tenancy.scope(tenant_id):
        ours = Delivery.objects.filter(channel=OuterRef("channel"), ref=OuterRef("ref"))
        known = list(EarlyStatus.objects.filter(Exists(ours)).order_by("created_at")[:500])
        for early in known:
            delivery = _locked().filter(channel=early.channel_id, ref=early.ref).first()
            if delivery is not None:
                state = DeliveryState(early.state)
                _note_price(delivery, early.price)
                _move(delivery, state, ref=early.ref, code=early.code, words=early.words)
        EarlyStatus.objects.filter(pk__in=[early.pk for early in known]).delete()
        EarlyStatus.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
        return len(known)


def _named(channel: Channel, event: DeliveryUpdated) -> Delivery | None:
    rows = _locked().filter(channel=channel)
    our_id = _uuid(event.delivery_id)
    ours = rows.filter(pk=our_id).first() if our_id else None
    if ours is None and event.target:
        ours = rows.filter(ref=event.target).first()
    return ours


def _move_earlier(channel: Channel, event: DeliveryUpdated) -> None:
    """Everything to this address that was begun before the watermark: what was sent, not what waits."""
    begun = DeliveryAttempt.objects.filter(delivery=OuterRef("pk"), started_at__lte=event.at + CLOCKS)
    behind = [state for state, rank in RANK.items() if 0 < rank < RANK[DeliveryStatus(event.state.value)]]
    rows = _locked().filter(channel=channel, state__in=behind)
    for delivery in rows.filter(Exists(begun), conversation__address__value=event.address).order_by("pk"):
        _move(delivery, event.state, ref="", code="", words="")


def _note_price(delivery: Delivery, price: Mapping[str, object] | None) -> None:
    """Verbatim; a platform may tell it with any status, also one that moves nothing."""
    if price is not None and delivery.price != price:
        delivery.price = dict(price)
        delivery.save(update_fields=["price"])


def _locked() -> QuerySet[Delivery]:
    return Delivery.objects.select_for_update(no_key=True, of=("self",))


def _uuid(text: str) -> UUID | None:
    """None for what another program of the business sent as its own id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _move(delivery: Delivery, state: DeliveryState, *, ref: str, code: str, words: str) -> None:
    """Forward or not at all. The lease stays: whoever is sending still writes what it was told."""
    rank = RANK.get(DeliveryStatus(delivery.state))
    if rank is None:
        return
    if state is DeliveryState.FAILED:
        if rank >= RANK[DeliveryStatus.DELIVERED]:
            return
        delivery.code, delivery.words = code[:60], words[:500]
    elif RANK[DeliveryStatus(state.value)] <= rank:
        return
    else:
        delivery.sent_at = delivery.sent_at or timezone.now()
    delivery.state, delivery.settling_until = state.value, None
    delivery.ref, delivery.updated_at = delivery.ref or ref[:512], timezone.now()
    delivery.save(update_fields=["state", "settling_until", "ref", "code", "words", "sent_at", "updated_at"])
    record(
        Kind.DELIVERY_CHANGED,
        delivery.conversation_id,
        message=str(delivery.message_id),
        state=delivery.state,
    )

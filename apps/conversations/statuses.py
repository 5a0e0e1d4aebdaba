"""What platforms tell later about our messages. States only move forward."""

from __future__ import annotations

from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations.models import Delivery, DeliveryStatus
from apps.conversations.stream import Kind, record
from apps.platforms.events import DeliveryState, DeliveryUpdated

RANK = {
    DeliveryStatus.QUEUED: 0,
    DeliveryStatus.SENDING: 0,
    DeliveryStatus.UNKNOWN: 0,
    DeliveryStatus.SENT: 1,
    DeliveryStatus.DELIVERED: 2,
    DeliveryStatus.READ: 3,
}


def record_delivery(channel: Channel, event: DeliveryUpdated) -> None:
    """Move the delivery named by our id or the platform's ref. Late, repeated and reordered are harmless."""
    delivery = _named(channel, event)
    if delivery is None or delivery.state not in RANK:
        return
    if event.state is DeliveryState.FAILED:
        _fail(delivery, event)
    elif RANK[DeliveryStatus(event.state.value)] > RANK[DeliveryStatus(delivery.state)]:
        delivery.state = event.state.value
        delivery.sent_at = delivery.sent_at or timezone.now()
        _save(delivery)


def _named(channel: Channel, event: DeliveryUpdated) -> Delivery | None:
    rows = Delivery.objects.select_for_update(no_key=True, of=("self",)).select_related("conversation")
    rows = rows.filter(channel=channel)
    if event.delivery_id:
        return rows.filter(pk=event.delivery_id).first()
    return rows.filter(ref=event.target).first()


def _fail(delivery: Delivery, event: DeliveryUpdated) -> None:
    if delivery.state in (DeliveryStatus.DELIVERED, DeliveryStatus.READ):
        return
    delivery.state, delivery.code, delivery.words = DeliveryStatus.FAILED, event.code, event.words[:500]
    _save(delivery)


def _save(delivery: Delivery) -> None:
    delivery.updated_at = timezone.now()
    delivery.save()
    record(
        Kind.DELIVERY_CHANGED, delivery.conversation, message=str(delivery.message_id), state=delivery.state
    )

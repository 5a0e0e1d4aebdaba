"""What becomes of replies that had not gone out when the customer left: parked, shown, never sent."""

from __future__ import annotations

from django.utils import timezone

from apps.conversations.models import ContactAddress, Delivery, DeliveryStatus
from apps.conversations.stream import Kind, record


def park_queued(address: ContactAddress) -> None:
    """Park every queued delivery to this address. What is being sent right now ends by its own answer."""
    rows = Delivery.objects.select_for_update(no_key=True).filter(
        conversation__address=address, state=DeliveryStatus.QUEUED
    )
    for delivery in rows.select_related("conversation"):
        delivery.state, delivery.updated_at = DeliveryStatus.PARKED, timezone.now()
        delivery.save(update_fields=["state", "updated_at"])
        record(
            Kind.DELIVERY_CHANGED,
            delivery.conversation,
            message=str(delivery.message_id),
            state=DeliveryStatus.PARKED,
        )

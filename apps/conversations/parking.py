"""What becomes of replies that had not gone out when the customer left: parked, shown, never sent."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from apps.conversations.models import ContactAddress, Delivery, DeliveryStatus
from apps.conversations.stream import Kind, record
from apps.platforms import registry


def park_queued(address: ContactAddress) -> None:
    """Park every queued delivery to this address, also where its channel stands in for another. What is
    being sent right now ends by its own answer."""
    theirs = Q(conversation__address=address)
    if registry.get(address.channel.platform).stands_in_for:
        theirs |= Q(channel=address.channel_id, conversation__address__value=address.value)
    rows = Delivery.objects.select_for_update(no_key=True, of=("self",))
    for delivery in rows.filter(theirs, state=DeliveryStatus.QUEUED).select_related("conversation"):
        delivery.state, delivery.updated_at = DeliveryStatus.PARKED, timezone.now()
        delivery.save(update_fields=["state", "updated_at"])
        record(
            Kind.DELIVERY_CHANGED,
            delivery.conversation,
            message=str(delivery.message_id),
            state=DeliveryStatus.PARKED,
        )

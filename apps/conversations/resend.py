"""What a person may do about a delivery that failed, was parked or may not have arrived."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.conversations import hints, templated
from apps.conversations.models import Conversation, Delivery, DeliveryStatus
from apps.conversations.send import PARTS, Author, Refused, decide
from apps.conversations.stream import Kind, record
from apps.platforms import base
from apps.platforms.windows import Takes

RESENDABLE = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN, DeliveryStatus.PARKED)


class NotResendable(Exception):
    """The delivery is on its way, arrived, or was dealt with already."""


def resend(delivery_id: UUID, author: Author) -> Delivery:
    """Send the same part once more, after everything already queued. The old row stays as evidence.

    A second click finds the old row settled and raises NotResendable, so two tabs make one copy. Raises
    Delivery.DoesNotExist, Refused.
    """
    old = _settle(delivery_id)
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=old.conversation_id)
    use = base.part_from_json(old.part).template
    takes = Takes.TEMPLATE if use else Takes.ANYTHING
    marketing = use is not None and templated.is_marketing(old.channel, use.name, use.language)
    decision = decide(conversation, author, takes=takes, channel=old.channel, marketing=marketing)
    if not decision.allow:
        raise Refused(decision)
    fresh = Delivery.objects.create(
        message=old.message,
        conversation=conversation,
        channel=old.channel,
        seq=_tail(conversation),
        part=old.part,
        retry_class=old.retry_class,
        decision=decision.to_json(),
    )
    transaction.on_commit(hints.deliveries_waiting)
    _tell(fresh)
    return fresh


def accept(delivery_id: UUID) -> Delivery:
    """A person says that an uncertain or failed delivery needs nothing more. Raises as `resend`."""
    delivery = _settle(delivery_id)
    _tell(delivery)
    return delivery


def _settle(delivery_id: UUID) -> Delivery:
    rows = Delivery.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "message", "conversation", "channel"
    )
    delivery = rows.get(pk=delivery_id)
    if delivery.state not in RESENDABLE or delivery.settled_by:
        raise NotResendable
    delivery.settled_by, delivery.updated_at = "person", timezone.now()
    delivery.settling_until = None  # nobody looks any more, or it might go out beside the person's own copy
    delivery.save(update_fields=["settled_by", "settling_until", "updated_at"])
    return delivery


def _tail(conversation: Conversation) -> int:
    last = Delivery.objects.filter(conversation=conversation).aggregate(last=Max("seq"))["last"] or 0
    return max(conversation.last_seq * PARTS + PARTS // 2, int(last) + 1)


def _tell(delivery: Delivery) -> None:
    record(
        Kind.DELIVERY_CHANGED, delivery.conversation, message=str(delivery.message_id), state=delivery.state
    )

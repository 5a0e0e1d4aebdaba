"""Learning from a platform's refusal that a customer takes no marketing messages any more."""

from __future__ import annotations

from datetime import datetime

from apps.conversations import ways
from apps.conversations.addresses import mark_marketing
from apps.conversations.models import Delivery
from apps.conversations.stream import Kind, record


def refused(delivery: Delivery, *, at: datetime) -> None:
    """Keep it for the address that `delivery` went to, unless they have said something else after `at`.
    Idempotent."""
    address = delivery.conversation.address
    if delivery.channel_id != address.channel_id:
        address = ways.meet(delivery.channel, address)
    if mark_marketing(address, wanted=False, at=at):
        record(Kind.MARKETING_CHANGED, delivery.conversation, wanted=False)

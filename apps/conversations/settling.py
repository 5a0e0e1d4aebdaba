"""An unknown outcome on a platform that tells later (class R): how long it may settle, and what ends it.

    unknown, settling ──echo or status with our id──► sent, delivered, read, failed     (statuses.py)
          │  │   └──a look finds it──► sent
          │  └──absent in three looks──► queued (the same id)
          └──30 s without anybody to ask, or 10 min without an answer──► unknown, for a person to decide

While it settles, what follows in its conversation waits. Inside the tenant's scope, on a locked row.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.conversations.models import Delivery, DeliveryStatus
from apps.platforms import base, registry

ECHO = timedelta(seconds=30)  # for the platform to tell by itself
BETWEEN = timedelta(seconds=10)  # two looks
LONGEST = timedelta(minutes=10)
LOOKS = 3  # that find nothing, until it is certain that nothing is there


def begin(delivery: Delivery) -> None:
    """The outcome is not known: shown at once; of class R it may yet become known."""
    delivery.state = DeliveryStatus.UNKNOWN
    if delivery.retry_class == base.RetryClass.RECONCILED:
        now = timezone.now()
        delivery.looks, delivery.due_at = 0, now + ECHO
        delivery.settling_until = now + (LONGEST if _can_find(delivery) else ECHO)


def found(delivery: Delivery, ref: str) -> None:
    delivery.state, delivery.settling_until = DeliveryStatus.SENT, None
    delivery.ref, delivery.sent_at = ref, timezone.now()
    delivery.code = delivery.words = ""


def absent(delivery: Delivery) -> None:
    """One look without finding it; the last of them queues it again."""
    delivery.looks += 1
    delivery.due_at = timezone.now() + BETWEEN
    if delivery.looks >= LOOKS:
        delivery.state, delivery.settling_until = DeliveryStatus.QUEUED, None
        delivery.due_at = timezone.now()


def unclear(delivery: Delivery) -> None:
    """The platform could not tell; in the end a person has to."""
    delivery.due_at = timezone.now() + ECHO
    if delivery.settling_until is None or delivery.settling_until <= timezone.now():
        delivery.settling_until = None


def _can_find(delivery: Delivery) -> bool:
    return registry.get(delivery.channel.platform).capabilities.can_find

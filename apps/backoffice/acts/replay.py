"""Trying again what was given up. Webhooks keep their ids, so nothing that took effect takes effect twice."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.backoffice.acts.act import Doer
from apps.connections.models import ReceivedWebhook, WebhookState
from apps.conversations import hints
from apps.conversations.models import AuthorKind, Delivery, DeliveryStatus
from apps.conversations.resend import NotResendable, resend
from apps.conversations.send import Author, Refused
from apps.core import tenancy
from apps.tenants import audit


def webhooks(ids: Sequence[UUID], doer: Doer) -> int:
    """Dead ones become new: the same row, the same body, a fresh set of attempts."""
    dead = ReceivedWebhook.objects.filter(pk__in=ids, state=WebhookState.DEAD)
    count = dead.update(state=WebhookState.NEW, attempt=0, due_at=timezone.now())
    transaction.on_commit(hints.webhooks_waiting)
    return _told("webhooks.replayed", count, doer)


def deliveries(ids: Sequence[UUID], doer: Doer) -> int:
    """Failed ones are sent once more, in order, where policy still allows it; the old row stays as evidence.

    Never one whose outcome is unknown: it may have arrived, so only the business can decide.
    """
    failed = Delivery.objects.filter(pk__in=ids, state=DeliveryStatus.FAILED, settled_by="")
    chosen = list(failed.order_by("conversation_id", "seq").values_list("pk", flat=True))
    return _told("deliveries.resent", sum(_resend(pk, doer) for pk in chosen), doer)


def _resend(delivery_id: UUID, doer: Doer) -> int:
    try:
        with tenancy.scope(tenancy.require()):  # a refusal takes back that the old row was settled
            resend(delivery_id, Author(kind=AuthorKind.SYSTEM, name=doer.email))
    except (NotResendable, Refused):
        return 0
    return 1


def _told(action: str, count: int, doer: Doer) -> int:
    if count:
        audit.record(action, actor=doer.email, count=count, reason=doer.reason)
    return count

"""What a restored backup had on its way: sent after all, or never."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from django.db import transaction

from apps.backoffice.acts.act import Doer
from apps.conversations import hints, quarantine
from apps.core import tenancy
from apps.tenants import audit


def release(ids: Sequence[UUID], doer: Doer) -> int:
    """Everything that is held of the business goes out, in order, where policy still allows it."""
    transaction.on_commit(hints.deliveries_waiting)
    return _told("held.released", lambda: quarantine.release(doer.email), ids, doer)


def drop(ids: Sequence[UUID], doer: Doer) -> int:
    """Nothing that is held of the business is sent; each message still says that it may not have arrived."""
    return _told("held.dropped", quarantine.drop, ids, doer)


def _told(action: str, deal: Callable[[], int], ids: Sequence[UUID], doer: Doer) -> int:
    count = deal() if tenancy.require() in ids else 0
    if count:
        audit.record(action, actor=doer.email, count=count, reason=doer.reason)
    return count

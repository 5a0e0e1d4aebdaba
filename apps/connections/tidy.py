"""Forgetting what crossed the wire long ago, so that its tables stop growing.

A platform may send a webhook again for up to a week (Meta): what would recognise it is kept
for longer. Dead letters stay until somebody deals with them.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.connections.models import PlatformCall, ReceivedWebhook
from apps.core import tenancy
from apps.core.ids import least_id

WEBHOOKS_KEPT = timedelta(days=14)
CALLS_KEPT = timedelta(days=30)
AT_ONCE = 5000

OLD_WEBHOOKS = "SELECT tenant_id, webhook_id FROM queue_old_webhooks(%s, %s, %s)"
OLD_CALLS = "SELECT tenant_id, call_id FROM queue_old_calls(%s, %s, %s)"


def sweep() -> int:
    """Remove handled webhooks and calls that are old, some thousands at a time; how many. Idempotent."""
    webhooks = _sweep(OLD_WEBHOOKS, ReceivedWebhook, WEBHOOKS_KEPT)
    return webhooks + _sweep(OLD_CALLS, PlatformCall, CALLS_KEPT)


def _sweep(query: str, model: type[ReceivedWebhook | PlatformCall], kept: timedelta) -> int:
    before = timezone.now() - kept
    with connection.cursor() as cursor:
        cursor.execute(query, [before, least_id(before), AT_ONCE])
        old: dict[UUID, list[UUID]] = defaultdict(list)
        for tenant_id, pk in cursor.fetchall():
            old[tenant_id].append(pk)
    for tenant_id, pks in old.items():
        with tenancy.scope(tenant_id):
            model.objects.filter(pk__in=pks).delete()
    return sum(map(len, old.values()))

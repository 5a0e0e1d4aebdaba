"""Warning people a week before a channel's credentials end."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.connections.models import Channel
from apps.core import tenancy
from apps.tenants import audit

AHEAD = timedelta(days=7)
AT_ONCE = 100
ACTOR = "system"


def ends_soon(channel: Channel) -> bool:
    """Whether the credentials end within a week, or have ended."""
    return channel.expires_at is not None and channel.expires_at < timezone.now() + AHEAD


def sweep() -> int:
    """Tell of every live channel whose end has come near, once for each end; how many. Idempotent."""
    with connection.cursor() as cursor:
        before = timezone.now() + AHEAD
        cursor.execute("SELECT tenant_id, channel_id FROM queue_expiring_channels(%s, %s)", [before, AT_ONCE])
        ending = cursor.fetchall()
    return sum(_tell(tenant_id, channel_id) for tenant_id, channel_id in ending)


def _tell(tenant_id: UUID, channel_id: UUID) -> int:
    with tenancy.scope(tenant_id):
        rows = Channel.objects.filter(pk=channel_id, expiry_told_at=None)
        if not rows.update(expiry_told_at=timezone.now()):  # somebody else was faster
            return 0
        channel = Channel.objects.get(pk=channel_id)
        assert channel.expires_at is not None
        ends = channel.expires_at.isoformat()
        audit.record("channel.expiring", actor=ACTOR, subject=channel.name, ends=ends)
        return 1

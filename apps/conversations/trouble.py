"""What errors of calls that send nothing say of their channel."""

from __future__ import annotations

from uuid import UUID

from apps.connections import health
from apps.connections.models import Channel
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.platforms.base import BadCredentials


def note(tenant_id: UUID, channel: Channel, error: Exception) -> None:
    """Refused credentials stop the channel until somebody acts; what is queued waits. In a scope of its own:
    nothing that the caller does may hold the channel's row meanwhile."""
    if not isinstance(error, BadCredentials):
        return
    with tenancy.scope(tenant_id):
        if health.refused_by(channel, error):
            record(Kind.CHANNEL_CHANGED, None, channel=str(channel.pk))

"""Making credentials that end last longer, where the platform lets a program do that."""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from apps.connections import health, outside, vault
from apps.connections.models import Channel
from apps.core import tenancy
from apps.platforms import registry
from apps.platforms.base import Renewal, SendError
from apps.tenants import audit

log = logging.getLogger(__name__)

ACTOR = "system"
WORTH = timedelta(days=14)


def renew(tenant_id: UUID, channel: Channel) -> bool:
    """Whether the platform gave credentials that last well longer; then nobody needs to be told, and their
    end can be told anew. Outside any scope. Never raises for the platform's no; refused credentials stop
    the channel."""
    adapter = registry.get(channel.platform)
    try:
        with tenancy.scope(tenant_id):
            credentials = vault.reveal(channel)
        fresh = outside.ask(lambda http: adapter.renew(credentials, http))
    except (SendError, vault.CredentialUnreadable) as error:
        log.info("channel %s not renewed: %s", channel.pk, type(error).__name__)
        with tenancy.scope(tenant_id):
            health.refused_by(channel, error)
        return False
    if fresh is None:
        return False
    _keep(tenant_id, channel, fresh)
    return fresh.expires_at > timezone.now() + WORTH


def _keep(tenant_id: UUID, channel: Channel, fresh: Renewal) -> None:
    """A short renewal leaves the channel as told: asking again every minute would gain nothing."""
    lasting = {"expiry_told_at": None} if fresh.expires_at > timezone.now() + WORTH else {}
    with tenancy.scope(tenant_id):
        for name, value in fresh.credentials.items():
            vault.store(channel, name, value)
        Channel.objects.filter(pk=channel.pk).update(expires_at=fresh.expires_at, **lasting)
        audit.record("channel.renewed", actor=ACTOR, subject=channel.name, ends=fresh.expires_at.isoformat())

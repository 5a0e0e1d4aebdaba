"""A week before a channel's credentials end they are renewed, or people warned."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.connections import expiry_mail, renewal
from apps.connections.models import Channel
from apps.core import tenancy
from apps.tenants import audit

log = logging.getLogger(__name__)

AHEAD = timedelta(days=7)
AT_ONCE = 100
ACTOR = "system"


def ends_soon(channel: Channel) -> bool:
    """Whether the credentials end within a week, or have ended."""
    return channel.expires_at is not None and channel.expires_at < timezone.now() + AHEAD


def sweep() -> int:
    """Renew the credentials of every live channel whose end has come near; where that cannot be done tell
    the owners, by mail and in the audit log, once for each end. How many were told. Idempotent; a process
    that dies while it mails leaves the mail unsent."""
    with connection.cursor() as cursor:
        before = timezone.now() + AHEAD
        cursor.execute("SELECT tenant_id, channel_id FROM queue_expiring_channels(%s, %s)", [before, AT_ONCE])
        ending = cursor.fetchall()
    return sum(_tell(tenant_id, channel_id) for tenant_id, channel_id in ending)


def _tell(tenant_id: UUID, channel_id: UUID) -> int:
    """Outside any transaction while the mail is sent; a mail server that is away is asked again later."""
    claimed_at = timezone.now()
    with tenancy.scope(tenant_id):
        rows = Channel.objects.filter(pk=channel_id, expiry_told_at=None)
        if not rows.update(expiry_told_at=claimed_at):  # somebody else was faster
            return 0
        channel = Channel.objects.get(pk=channel_id)
        mails = expiry_mail.compose(channel)
    if renewal.renew(tenant_id, channel):
        return 0
    try:
        expiry_mail.send(mails)
    except OSError as error:
        log.warning("end of channel %s not mailed: %s", channel_id, type(error).__name__)
        _release(tenant_id, channel_id, claimed_at)
        return 0
    _note(tenant_id, channel)
    return 1


def _note(tenant_id: UUID, channel: Channel) -> None:
    assert channel.expires_at is not None
    ends = channel.expires_at.isoformat()
    with tenancy.scope(tenant_id):
        audit.record("channel.expiring", actor=ACTOR, subject=channel.name, ends=ends)


def _release(tenant_id: UUID, channel_id: UUID, claimed_at: datetime) -> None:
    with tenancy.scope(tenant_id):
        Channel.objects.filter(pk=channel_id, expiry_told_at=claimed_at).update(expiry_told_at=None)

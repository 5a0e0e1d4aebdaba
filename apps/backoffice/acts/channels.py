"""Holding a channel back while its platform is in trouble, and letting it go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.backoffice.acts.act import Doer
from apps.connections import connect, health
from apps.connections.models import Channel, ChannelState
from apps.conversations import hints
from apps.tenants import audit

PAUSE = timedelta(hours=1)


def pause(ids: Sequence[UUID], doer: Doer) -> int:
    """Nothing is sent for an hour; never shortens a pause that the platform asked for."""
    channels = Channel.objects.filter(pk__in=ids)
    for channel in channels:
        health.throttled(channel, PAUSE.total_seconds())
        _tell("channel.paused", channel, doer)
    return len(channels)


def unpause(ids: Sequence[UUID], doer: Doer) -> int:
    """Send at once, whatever had paused it; the breaker starts anew."""
    waiting = Channel.objects.filter(pk__in=ids, paused_until__gt=timezone.now())
    channels = list(waiting)
    waiting.update(paused_until=None, failures=0)
    for channel in channels:
        _tell("channel.unpaused", channel, doer)
    transaction.on_commit(hints.deliveries_waiting)
    return len(channels)


def disable(ids: Sequence[UUID], doer: Doer) -> int:
    """As its business could itself: receives and stores, sends nothing."""
    return _switch(ids, ChannelState.LIVE, doer)


def enable(ids: Sequence[UUID], doer: Doer) -> int:
    transaction.on_commit(hints.deliveries_waiting)
    return _switch(ids, ChannelState.DISABLED, doer)


def _switch(ids: Sequence[UUID], before: ChannelState, doer: Doer) -> int:
    channels = list(Channel.objects.filter(pk__in=ids, state=before))
    for channel in channels:
        _tell("channel.switched_by_operator", channel, doer)
        verb = connect.disable if before == ChannelState.LIVE else connect.enable
        verb(channel, actor=doer.email)
    return len(channels)


def _tell(action: str, channel: Channel, doer: Doer) -> None:
    audit.record(action, actor=doer.email, subject=channel.name, reason=doer.reason)

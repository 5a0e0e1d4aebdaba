"""How the service is doing at this moment, over all businesses: numbers and names, no content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.backoffice import figures
from apps.backoffice.models import SignOfLife
from apps.backoffice.signs_of_life import QUIET
from apps.backoffice.words import STATES
from apps.connections.models import Channel, ChannelState, Health
from apps.platforms import registry

EVERY = 10  # seconds between two looks of an open page
LATELY = 15 * 60  # seconds that the outcomes cover
MOST_CHANNELS = 20
QUEUES = {
    "webhooks": _("Received webhooks"),
    "deliveries": _("Deliveries"),
    "attachments": _("Attachments"),
}
ROLES = {"web": _("Web"), "worker": _("Worker")}
SENT, LEASE = "sent", "LeaseExpired"

Words = Promise | str


@dataclass(frozen=True, slots=True)
class Line:
    """One number with its name; `bad` when somebody should look."""

    label: Words
    value: int
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Platform:
    """How sends on one platform ended: times by outcome, the share that went well first."""

    name: str
    sent: int
    others: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Process:
    name: str
    role: Words
    started_at: datetime
    seen_at: datetime
    silent: bool
    waited: float | None
    resyncs: int


def read() -> dict[str, Any]:
    """Inside the operator's view. A handful of queries, each bounded."""
    now = timezone.now()
    ended = figures.outcomes(LATELY)
    return {
        "at": now,
        "every": EVERY,
        "queues": [(QUEUES.get(queue.name, queue.name), queue) for queue in figures.queues()],
        "lines": [*_lines(figures.figures()), _expired(ended)],
        "platforms": list(_platforms(ended)),
        "channels": _red_channels(now),
        "processes": _processes(now),
    }


def _lines(rows: Iterable[figures.Figure]) -> list[Line]:
    totals: dict[str, int] = {}
    for row in rows:
        totals[row.name] = totals.get(row.name, 0) + int(row.value)
    return [
        Line(_("Being sent"), totals.get("sending", 0)),
        Line(_("Unknown, not settled"), totals.get("unknown", 0), totals.get("unknown", 0) > 0),
        Line(_("Channels paused"), totals.get("breaker_open", 0), totals.get("breaker_open", 0) > 0),
    ]


def _expired(ended: Iterable[figures.Outcome]) -> Line:
    expired = sum(row.times for row in ended if row.outcome == LEASE)
    return Line(_("Leases expired, 15 minutes"), expired, expired > 0)


def _platforms(ended: list[figures.Outcome]) -> Iterable[Platform]:
    for slug, rows in groupby(sorted(ended, key=attrgetter("platform")), key=attrgetter("platform")):
        times = {row.outcome: row.times for row in rows}
        yield Platform(registry.get(slug).name, times.pop(SENT, 0), sorted(times.items()))


def _red_channels(now: datetime) -> list[dict[str, Any]]:
    """Broken, troubled or paused ones of every business, the longest in trouble first."""
    return [_told(channel, now) for channel in _in_trouble(now)[:MOST_CHANNELS]]


def _told(channel: Channel, now: datetime) -> dict[str, Any]:
    until = channel.paused_until
    return {
        "name": f"{channel.tenant.name} · {channel.name}",
        "state": STATES[channel.health],
        "words": channel.health_words,
        "since": channel.health_at,
        "paused_until": until if until and until > now else None,
        "link": reverse("admin:connections_channel_change", args=[channel.pk]),
    }


def _in_trouble(now: datetime) -> QuerySet[Channel]:
    red = Q(health__in=[Health.BROKEN, Health.TROUBLED]) | Q(paused_until__gt=now)
    rows = Channel.objects.filter(red, state=ChannelState.LIVE).select_related("tenant")
    return rows.only("name", "health", "health_words", "health_at", "paused_until", "tenant__name").order_by(
        "health_at", "pk"
    )


def _processes(now: datetime) -> list[Process]:
    rows = SignOfLife.objects.filter(seen_at__gt=now - QUIET * 40).order_by("role", "-seen_at")[:50]
    return [_alive(row, now) for row in rows]


def _alive(row: SignOfLife, now: datetime) -> Process:
    where = row.name.partition(" ")[2] or row.name
    silent = now - row.seen_at > QUIET
    role = ROLES.get(row.role, row.role)
    return Process(where, role, row.started_at, row.seen_at, silent, row.waited, row.resyncs)

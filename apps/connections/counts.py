"""What entry points did, per day (UTC), counted without cookies and without knowing who.

view: the entry page or the web-chat panel came up for someone, or they were sent straight on from it.
tap: a channel was opened from it. conversation: it led to one. A customer who comes twice counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from apps.connections.models import EntryPoint, EntryPointDay
from apps.core import tenancy
from apps.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Counts:
    views: int = 0
    taps: int = 0
    conversations: int = 0


def viewed(entry_point: EntryPoint) -> None:
    _add(entry_point, Counts(views=1))


def tapped(entry_point: EntryPoint) -> None:
    _add(entry_point, Counts(taps=1))


def viewed_and_tapped(entry_point: EntryPoint) -> None:
    """For someone who was sent straight on to a channel."""
    _add(entry_point, Counts(views=1, taps=1))


def led_to_conversations(entry_point: EntryPoint, many: int) -> None:
    _add(entry_point, Counts(conversations=many))


def of_last_days(days: int = 28) -> dict[UUID, Counts]:
    """Sums of the last `days` days, today included, by entry point; those without any are left out."""
    since = datetime.now(UTC).date() - timedelta(days=days - 1)
    sums = EntryPointDay.objects.filter(day__gte=since).values("entry_point_id").order_by("entry_point_id")
    rows = sums.annotate(v=Sum("views"), t=Sum("taps"), c=Sum("conversations"))
    return {row["entry_point_id"]: Counts(row["v"], row["t"], row["c"]) for row in rows}


def _add(entry_point: EntryPoint, more: Counts) -> None:
    """One atomic upsert, so that no simultaneous visitor is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO connections_entrypointday AS d "
            "(id, tenant_id, entry_point_id, day, views, taps, conversations) "
            "VALUES (%s, %s, %s, (now() AT TIME ZONE 'UTC')::date, %s, %s, %s) "
            "ON CONFLICT (tenant_id, entry_point_id, day) DO UPDATE SET views = d.views + excluded.views, "
            "taps = d.taps + excluded.taps, conversations = d.conversations + excluded.conversations",
            [new_id(), tenancy.require(), entry_point.pk, more.views, more.taps, more.conversations],
        )

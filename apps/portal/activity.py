"""What goes through channels: messages per hour of the last day, as small bars, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils import timezone

from apps.conversations.models import Delivery, DeliveryStatus, Message

HOURS = 24
TALLEST = 20  # pixels


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour; `x`, `y` and `height` are pixels of a picture 22 high."""

    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Day:
    total: int
    bars: list[Bar]


def last_day() -> dict[UUID, Day]:
    """By channel id; channels without a message in the last 24 hours are left out."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    rows = Message.objects.filter(created_at__gte=now - timedelta(hours=HOURS - 1)).order_by()
    counted = rows.annotate(hour=TruncHour("created_at")).values("channel_id", "hour").annotate(n=Count("pk"))
    hours: dict[UUID, list[int]] = {}
    for row in counted:
        ago = int((now - row["hour"]).total_seconds() // 3600)
        hours.setdefault(row["channel_id"], [0] * HOURS)[HOURS - 1 - ago] = row["n"]
    return {channel: Day(sum(counts), _bars(counts)) for channel, counts in hours.items()}


def waiting() -> dict[UUID, int]:
    """How many messages wait to be sent, by channel id; channels where none waits are left out."""
    rows = Delivery.objects.filter(state=DeliveryStatus.QUEUED).order_by().values("channel_id")
    return {row["channel_id"]: row["n"] for row in rows.annotate(n=Count("message_id", distinct=True))}


def _bars(counts: list[int]) -> list[Bar]:
    most = max(counts)
    heights = [max(1, round(count / most * TALLEST)) for count in counts]
    return [Bar(5 * place, 22 - height, height) for place, height in enumerate(heights)]

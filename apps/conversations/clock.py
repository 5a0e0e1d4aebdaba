"""When something was said, whatever the platform's clock believes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from apps.platforms.events import Event

OLDEST = timedelta(days=30)


def said_at(event: Event) -> datetime:
    """Platforms' clocks err and some send none: never later than now, never long ago."""
    now = timezone.now()
    return event.at if now - OLDEST < event.at < now else now

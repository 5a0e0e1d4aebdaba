"""Moments as pages show them: in UTC, until static/js/console/times.js says them in the reader's own time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def clock(moment: datetime) -> SafeString:
    """Hours and minutes."""
    return _time(moment, "clock", moment.strftime("%H:%M"))


def day_and_clock(moment: datetime) -> SafeString:
    """The hour, with the day unless it is today."""
    today = moment.date() == timezone.now().date()
    return _time(moment, "day-clock", moment.strftime("%H:%M") if today else date_format(moment, "j M, H:i"))


def day(moment: datetime) -> SafeString:
    """A day as the line between days says it."""
    return _time(moment, "day", date_format(moment, "l j F"))


def ago(moment: datetime) -> SafeString:
    """How long since, kept current by the script."""
    return _time(moment, "ago", duration(timezone.now() - moment))


def duration(length: timedelta) -> str:
    """In the largest unit that says something: "now", "4 min", "3 h", "2 d"."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return _("now")
    if minutes < 60:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 24 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return ngettext("%(count)d d", "%(count)d d", minutes // 1440) % {"count": minutes // 1440}


def _time(moment: datetime, kind: str, words: str) -> SafeString:
    return format_html('<time datetime="{}" data-time="{}">{}</time>', moment.isoformat(), kind, words)

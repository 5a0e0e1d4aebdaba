"""Forgetting what nobody asks for any more, so that the log and the record of tries stop growing.

Of the log goes what only said that something is different now (delivered, read, edited); what opened, was
said and changed hands is the conversation's history and stays with it. Who comes back from a number in that
part is told to fetch afresh: the console by the gaps, the widget by `stream.span`.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

from apps.core.ids import least_id

AT_ONCE = 1000  # rows: one statement of some milliseconds, because a business's log waits for it
ROUNDS = 100  # at most in one sweep


def sweep() -> int:
    """Forget what is older than settings say, of every business; how many steps it took. Idempotent."""
    return sum(1 for step in (_events, _attempts) for _ in range(ROUNDS) if step())


def _events() -> bool:
    """The next old part of one business's log; False when there is none."""
    before = timezone.now() - timedelta(days=settings.LOG_KEPT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_forget_events(%s, %s)", [before, AT_ONCE])
        return cursor.fetchone()[0] is not None


def _attempts() -> bool:
    """Tries of what is sent or given up; False when there were none."""
    before = timezone.now() - timedelta(days=settings.ATTEMPTS_KEPT_DAYS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_forget_attempts(%s, %s, %s)", [before, least_id(before), AT_ONCE])
        return bool(cursor.fetchone()[0])

"""What a person may do has changed: their open pages and sockets must look again.

The truth is in the database; sockets check it themselves every few seconds. The hint sent here only makes
it quicker, so it may be lost.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from apps.core import realtime


def publish(user_id: UUID, *, sign_out: bool = False) -> None:
    """Tell this person's sockets, once the transaction is durable, to check what they may still see.

    Sends {"type": "access.changed"} to `realtime.user_group(user_id)`. With `sign_out` every session of
    the person ends in the same transaction: for a disabled person or a changed password. Never raises
    because the channel layer is away.
    """
    if sign_out:
        end_sessions(user_id)
    group = realtime.user_group(user_id)
    transaction.on_commit(partial(realtime.hint, group, {"type": "access.changed"}))


def end_sessions(user_id: UUID) -> None:
    """Sign the person out everywhere. Idempotent."""
    known = UserSession.objects.filter(user_id=user_id)
    Session.objects.filter(session_key__in=known.values("session_key")).delete()
    known.delete()

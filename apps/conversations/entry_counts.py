"""Counting what an entry point led to, without cookies."""

from __future__ import annotations

from django.db import connection

from apps.connections.models import EntryPoint
from apps.core import tenancy
from apps.core.ids import new_id


def conversation_opened(entry_point: EntryPoint) -> None:
    """One more conversation today (UTC) for this entry point; atomic."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO connections_entrypointday AS d "
            "(id, tenant_id, entry_point_id, day, views, taps, conversations) "
            "VALUES (%s, %s, %s, (now() AT TIME ZONE 'UTC')::date, 0, 0, 1) "
            "ON CONFLICT (tenant_id, entry_point_id, day) "
            "DO UPDATE SET conversations = d.conversations + 1",
            [new_id(), tenancy.require(), entry_point.id],
        )

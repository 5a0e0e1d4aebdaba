"""Finding an account before its tenant's scope is open: a request to a simulator carries only a key."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Place(NamedTuple):
    """An account and the tenant whose scope to open for it."""

    tenant_id: UUID
    id: UUID


def account_for(platform: str, key: str) -> Place | None:
    """The account behind a key; whether the caller can prove it is for the platform to check."""
    if "\x00" in key:
        return None  # PostgreSQL's text cannot hold it, so nothing can have it
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, account_id FROM door_sandbox_account(%s, %s)", [platform, key])
        row = cursor.fetchone()
    return Place(*row) if row else None

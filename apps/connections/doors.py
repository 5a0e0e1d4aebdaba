"""Finding a channel or an entry point before its tenant's scope is open: ids only, nothing else leaks."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import connection


class Place(NamedTuple):
    """A row and the tenant whose scope to open for it."""

    tenant_id: UUID
    id: UUID


def channel_for(platform: str, key: str) -> Place | None:
    """The channel behind /hooks/<platform>/<key>/; its state is for the caller to look at."""
    return _one("SELECT tenant_id, channel_id FROM door_channel(%s, %s)", platform, key)


def channel_for_address(platform: str, address: str) -> Place | None:
    """The channel of the deployment's account that receives for `address` on the shared webhook.

    When several tenants claim the address the earliest has it. Channels with an account of their own are
    never found here: anybody can claim any address on a server of their own.
    """
    return _one("SELECT tenant_id, channel_id FROM door_channel_by_address(%s, %s)", platform, address)


def entry_point_for(key: str) -> Place | None:
    """The entry point behind /e/<key>/; whether it is active is for the caller to look at."""
    return _one("SELECT tenant_id, entry_point_id FROM door_entry_point(%s)", key)


def _one(sql: str, *arguments: str) -> Place | None:
    if any("\x00" in argument for argument in arguments):
        return None  # PostgreSQL's text cannot hold it, so nothing can have it
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        row = cursor.fetchone()
    return Place(*row) if row else None

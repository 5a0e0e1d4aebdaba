"""Finding a visitor before their tenant's scope is open: ids only."""

from __future__ import annotations

from django.db import connection

from apps.connections.doors import Place
from apps.tenants.doors import token_hash

PREFIX = "cptv_"  # lets secret scanners recognise a visitor's token


def visitor_for(token: str) -> Place | None:
    """The visitor who holds `token`; whether it is still good is for the caller to look at.

    The look-up is by hash, so its time says nothing about a token's characters.
    """
    if not token.startswith(PREFIX):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, visitor_id FROM door_visitor(%s)", [token_hash(token)])
        row = cursor.fetchone()
    return Place(*row) if row else None

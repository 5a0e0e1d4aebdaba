"""Statements that happen with every message, planned once for each connection (docs/decisions/0022)."""

from __future__ import annotations

from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from apps.core.postgres.base import DatabaseWrapper


def cursor() -> CursorWrapper:
    """As `connection.cursor()`, for one of them: see `DatabaseWrapper.planned_cursor`."""
    return cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS]).planned_cursor()

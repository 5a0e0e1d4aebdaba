"""Identifiers: UUIDv7 for rows (roughly ordered by time), random keys for what strangers may hold."""

from __future__ import annotations

import secrets
import string
from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7

__all__ = ["UUID", "least_id", "new_id", "new_key", "new_token"]

LETTERS = string.ascii_letters + string.digits


def new_id() -> UUID:
    """A primary key."""
    value: UUID = uuid7()
    return value


def least_id(at: datetime) -> UUID:
    """Every key that `new_id` made before `at` is smaller (by the clock of the process that made it)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def new_key() -> str:
    """A public, unguessable name for a URL: 22 letters and digits, 130 bits, easy to select and to type."""
    return "".join(secrets.choice(LETTERS) for _ in range(22))


def new_token() -> str:
    """A secret for a person or a program to hold: 43 characters, 256 bits. Store only its hash."""
    return secrets.token_urlsafe(32)

"""Identifiers: UUIDv7 for rows (roughly ordered by time), random keys for what strangers may hold."""

from __future__ import annotations

import secrets
from uuid import UUID

from uuid_utils.compat import uuid7

__all__ = ["UUID", "new_id", "new_key", "new_token"]


def new_id() -> UUID:
    """A primary key."""
    value: UUID = uuid7()
    return value


def new_key() -> str:
    """A public, unguessable name for a URL: 22 characters, 128 bits."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """A secret for a person or a program to hold: 43 characters, 256 bits. Store only its hash."""
    return secrets.token_urlsafe(32)

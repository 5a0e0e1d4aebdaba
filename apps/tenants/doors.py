"""Finding a tenant before its scope is open. Each is one SECURITY DEFINER function that returns ids only."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from django.db import connection


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant in which a person works."""

    tenant_id: UUID
    membership_id: UUID
    slug: str
    name: str
    role: str


def token_hash(token: str) -> bytes:
    """What is stored of a token. Tokens carry 256 random bits, so a plain hash is enough."""
    return sha256(token.encode()).digest()


def tenant_named(slug: str) -> UUID | None:
    row = _one("SELECT tenant_id FROM door_tenant(%s)", slug)
    return row[0] if row else None


def membership_in(user_id: UUID, slug: str) -> tuple[UUID, UUID] | None:
    """(tenant id, membership id) when the person has an active membership there, else None."""
    return _one("SELECT tenant_id, membership_id FROM door_membership(%s, %s)", user_id, slug)


def places_of(user_id: UUID) -> list[Place]:
    """Every tenant in which the person has an active membership, by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id, membership_id, slug, name, role FROM door_memberships(%s)", [user_id]
        )
        return [Place(*row) for row in cursor.fetchall()]


def api_token(token: str) -> tuple[UUID, UUID] | None:
    """(tenant id, token id); expiry is for the caller to check inside the scope."""
    return _one("SELECT tenant_id, token_id FROM door_api_token(%s)", token_hash(token))


def invitation(token: str) -> tuple[UUID, UUID] | None:
    """(tenant id, invitation id); whether it is still good is for the caller to check inside the scope."""
    return _one("SELECT tenant_id, invitation_id FROM door_invitation(%s)", token_hash(token))


def _one(sql: str, *arguments: str | bytes | UUID) -> tuple[UUID, UUID] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        row: tuple[UUID, UUID] | None = cursor.fetchone()
        return row

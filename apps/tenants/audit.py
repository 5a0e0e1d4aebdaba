"""The tenant's chained record of who did what. Append-only by privilege; `verify` finds tampering."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils import timezone

from apps.core import tenancy
from apps.tenants.models import AuditEntry

GENESIS = bytes(32)


def record(action: str, *, actor: str, subject: str = "", **data: Any) -> AuditEntry:
    """Append one entry to the open scope's chain; `data` must be JSON and hold no secrets or content.

    Serialised per tenant by an advisory lock that ends with the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [str(tenancy.require())])
    last = AuditEntry.objects.order_by("-number").first()
    number, prev = (last.number + 1, bytes(last.hash)) if last else (1, GENESIS)
    at = timezone.now()
    digest = _digest(prev, number, at, [actor, action, subject], data)
    return AuditEntry.objects.create(
        number=number,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        data=data,
        prev_hash=prev,
        hash=digest,
    )


def verify() -> int | None:
    """The number of the first entry that does not follow from the one before, None when the chain holds."""
    prev = GENESIS
    for count, entry in enumerate(AuditEntry.objects.order_by("number").iterator(), 1):
        words = [entry.actor, entry.action, entry.subject]
        expected = _digest(prev, count, entry.at, words, entry.data)
        if entry.number != count or bytes(entry.prev_hash) != prev or bytes(entry.hash) != expected:
            return entry.number
        prev = expected
    return None


def _digest(prev: bytes, number: int, at: datetime, words: list[str], data: dict[str, Any]) -> bytes:
    facts = json.dumps([number, at.isoformat(), *words, data], sort_keys=True, ensure_ascii=False)
    return sha256(prev + facts.encode()).digest()

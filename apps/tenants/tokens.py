"""A tenant's own programs: tokens with a role and an end. The token itself is shown once and not kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from apps.core import tenancy
from apps.core.ids import new_token
from apps.tenants import audit, doors
from apps.tenants.models import ApiToken, Membership

PREFIX = "cpt_"  # lets secret scanners recognise a token that was published by mistake
MAX_DAYS = 366
SEEN_EVERY = timedelta(minutes=1)


class RoleTooHigh(Exception):
    """The issuer may not give this role."""


def issue(name: str, *, role: str, days: int, issuer: Membership | None, actor: str) -> tuple[ApiToken, str]:
    """A new token in the open scope, and its text, which nobody can read again.

    `issuer` is None only for the operator's command line. Raises RoleTooHigh, and ValueError when `days`
    is not within 1..366.
    """
    if issuer is not None and not issuer.may(role):
        raise RoleTooHigh
    if not 1 <= days <= MAX_DAYS:
        raise ValueError(f"days must be 1 to {MAX_DAYS}")
    text = PREFIX + new_token()
    token = ApiToken.objects.create(
        name=name,
        role=role,
        token_hash=doors.token_hash(text),
        hint=text[-4:],
        created_by=issuer,
        expires_at=timezone.now() + timedelta(days=days),
    )
    audit.record("token.issued", actor=actor, subject=name, role=str(role), days=days)
    return token, text


def revoke(token: ApiToken, *, actor: str) -> None:
    """From now on the token is refused. Idempotent."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    if changed:
        audit.record("token.revoked", actor=actor, subject=token.name)


@contextmanager
def opened(text: str) -> Iterator[ApiToken | None]:
    """A usable token, with its tenant's scope open for the block; else None and no scope: unknown, expired
    and revoked look the same.

    Open it outside any scope. The look-up is by hash, so its time says nothing about a token's characters.
    """
    found = doors.api_token(text) if text else None
    if found is None:
        yield None
        return
    tenant_id, token_id = found
    with tenancy.scope(tenant_id):
        token = ApiToken.objects.get(pk=token_id)
        usable = token.usable
        if usable:
            yield token
    if usable:
        _mark_seen(tenant_id, token)
    else:
        yield None


def _mark_seen(tenant_id: UUID, token: ApiToken) -> None:
    """At most one write a minute, whatever the traffic; not in the block's transaction, in which all other
    uses of the token would wait for it."""
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at >= now - SEEN_EVERY:
        return
    with tenancy.scope(tenant_id):
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - SEEN_EVERY)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)

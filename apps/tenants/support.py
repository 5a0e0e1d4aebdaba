"""An operator's look at a tenant's content: named reason, short, visible to the tenant, ended by itself."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from apps.tenants import audit
from apps.tenants.models import SupportGrant, User

MAX_MINUTES = 8 * 60


def grant(operator: User, reason: str, *, minutes: int) -> SupportGrant:
    """Open the scope's tenant to `operator` for `minutes` (1 to 480).

    Raises ValueError without a reason, for an impossible time, or for a person who is not an operator.
    """
    if not operator.is_staff or not operator.is_active:
        raise ValueError("only an operator can receive a support grant")
    if not reason.strip():
        raise ValueError("a support grant needs a reason")
    if not 1 <= minutes <= MAX_MINUTES:
        raise ValueError(f"minutes must be 1 to {MAX_MINUTES}")
    ends_at = timezone.now() + timedelta(minutes=minutes)
    opened = SupportGrant.objects.create(operator=operator, reason=reason.strip(), ends_at=ends_at)
    audit.record(
        "support.granted", actor=operator.email, subject=str(opened.pk), reason=opened.reason, minutes=minutes
    )
    return opened


def end(opened: SupportGrant, *, actor: str) -> None:
    """Close the grant now. Idempotent; one that ended by itself stays as it was."""
    now = timezone.now()
    rows = SupportGrant.objects.filter(pk=opened.pk, ended_at=None, ends_at__gt=now)
    if rows.update(ended_at=now):
        audit.record("support.ended", actor=actor, subject=str(opened.pk))


def active_grants() -> QuerySet[SupportGrant]:
    """Grants of the open scope's tenant that are open at this moment, newest first."""
    rows = SupportGrant.objects.filter(ended_at=None, ends_at__gt=timezone.now())
    return rows.select_related("operator").order_by("-created_at")


def may_read(operator: User) -> bool:
    """Whether `operator` may look at content of the open scope's tenant now."""
    return operator.is_active and operator.is_staff and active_grants().filter(operator=operator).exists()

"""A suspended business still receives and stores; nothing of it is sent until it is resumed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from apps.backoffice.acts.act import Doer
from apps.conversations import hints
from apps.tenants import audit
from apps.tenants.models import Tenant
from apps.tenants.models.tenant import TenantState


def suspend(ids: Sequence[UUID], doer: Doer) -> int:
    """What is queued stays queued."""
    return _switch(ids, TenantState.ACTIVE, TenantState.SUSPENDED, "tenant.suspended", doer)


def resume(ids: Sequence[UUID], doer: Doer) -> int:
    """What is queued goes out."""
    transaction.on_commit(hints.deliveries_waiting)
    return _switch(ids, TenantState.SUSPENDED, TenantState.ACTIVE, "tenant.resumed", doer)


def _switch(ids: Sequence[UUID], before: str, after: str, action: str, doer: Doer) -> int:
    tenant = Tenant.objects.select_for_update(no_key=True).get()
    if tenant.pk not in ids or tenant.state != before:
        return 0
    tenant.state = after
    tenant.save(update_fields=["state"])
    audit.record(action, actor=doer.email, subject=tenant.slug, reason=doer.reason)
    return 1

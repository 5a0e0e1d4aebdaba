"""A support session: one operator reads one tenant's content, while the grant is open, on the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.http import Http404, HttpRequest

from apps.core import tenancy
from apps.tenants import audit
from apps.tenants.models import SupportGrant


def find_grant(request: HttpRequest, grant_id: UUID) -> tuple[UUID, SupportGrant]:
    """(tenant id, grant): the asking operator's own, open or ended. Raises Http404 for any other."""
    with tenancy.operator():
        rows = SupportGrant.objects.select_related("tenant", "operator")
        grant = rows.filter(pk=grant_id, operator_id=request.user.pk).first()
    if grant is None:
        raise Http404
    return grant.tenant.pk, grant


@contextmanager
def reading(request: HttpRequest, grant_id: UUID, *, what: str) -> Iterator[SupportGrant]:
    """The tenant's scope for one page, which is written to the tenant's audit chain with `what`.

    Raises Http404 unless the asking operator has the grant and it is open at this moment.
    """
    tenant_id, grant = find_grant(request, grant_id)
    with tenancy.scope(tenant_id):
        now = SupportGrant.objects.select_for_update().get(pk=grant.pk)
        if not now.open:
            raise Http404
        audit.record("support.viewed", actor=grant.operator.email, subject=what, grant=str(grant.pk))
        yield grant

"""Asking for a look at a business's content, and giving it back."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.backoffice.forms import SupportForm
from apps.backoffice.session import find_grant
from apps.backoffice.site import site
from apps.core import tenancy
from apps.tenants import support
from apps.tenants.models import Tenant, User


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, tenant_id: UUID) -> HttpResponseBase:
    """The form; posted, the grant opens at once and stands in the business's audit log."""
    with tenancy.operator():
        tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        raise Http404
    form = SupportForm(request.POST or None)
    if form.is_valid():
        return _granted(request, tenant_id, form)
    context = {"form": form, "tenant": tenant, "title": tenant.name}
    return site.show(request, "admin/support_ask.html", context, status=422 if form.is_bound else 200)


@require_POST
def end(request: HttpRequest, grant_id: UUID) -> HttpResponseBase:
    """Give the grant back before its time. Idempotent."""
    tenant_id, grant = find_grant(request, grant_id)
    with tenancy.scope(tenant_id):
        support.end(grant, actor=grant.operator.email)
    return redirect("admin:tenants_tenant_change", tenant_id)


def _granted(request: HttpRequest, tenant_id: UUID, form: SupportForm) -> HttpResponseBase:
    assert isinstance(request.user, User)
    with tenancy.scope(tenant_id):
        given = form.cleaned_data
        grant = support.grant(request.user, given["reason"], minutes=given["minutes"])
    return redirect("admin:support_conversations", grant.pk)

"""API tokens: shown once when made, afterwards only by name and last characters."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from apps.portal.forms.tokens import TokenForm
from apps.portal.signed_in import confirmed_lately
from apps.tenants import tokens
from apps.tenants.models import ApiToken, Role
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def list_tokens(request: TenantRequest) -> HttpResponse:
    return _show(request, TokenForm(issuer=request.membership))


@never_cache
@tenant_page("admin")
@require_POST
@confirmed_lately
def issue_token(request: TenantRequest) -> HttpResponse:
    """Answers with the page itself, the only time that it carries the token: no redirect, no session."""
    form = TokenForm(request.POST, issuer=request.membership)
    if not form.is_valid():
        return _show(request, form, status=422)
    values = form.cleaned_data
    token, text = tokens.issue(
        values["name"],
        role=values["role"],
        days=values["days"],
        issuer=request.membership,
        actor=request.membership.user.email,
    )
    return _show(request, TokenForm(issuer=request.membership), fresh=token, text=text)


@tenant_page("admin")
@require_POST
def revoke_token(request: TenantRequest, pk: UUID) -> HttpResponse:
    tokens.revoke(get_object_or_404(ApiToken, pk=pk), actor=request.membership.user.email)
    messages.success(request, _("Token revoked."))
    return redirect("portal:tokens", tenant=request.tenant.slug)


def _show(request: TenantRequest, form: TokenForm, *, status: int = 200, **fresh: object) -> HttpResponse:
    rows = [(token, Role(token.role).label) for token in _newest_first()]
    facts = {"form": form, "tokens": rows, "section": "tokens", **fresh}
    return render(request, "portal/tokens.html", facts, status=status)


def _newest_first() -> QuerySet[ApiToken]:
    return ApiToken.objects.order_by("-created_at")

"""One member: their role, their teams, whether they may come in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.portal.forms.people import PersonForm
from apps.tenants import roles, teams
from apps.tenants.models import Membership, Role
from apps.tenants.page import TenantRequest, tenant_page
from apps.tenants.roles import LastOwner, NotAllowed


@tenant_page("admin")
def person(request: TenantRequest, pk: UUID) -> HttpResponse:
    member = _member(pk)
    if not request.membership.may(member.role):
        raise PermissionDenied
    form = PersonForm(request.POST or None, actor=request.membership, member=member)
    if request.method == "POST" and form.is_valid() and _save(request, member, form):
        messages.success(request, _("Saved."))
        return _back(request)
    facts = {"member": member, "role": Role(member.role).label, "form": form, "section": "team"}
    return render(request, "portal/person.html", facts, status=422 if form.errors else 200)


@tenant_page("admin")
@require_POST
def deactivate(request: TenantRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, roles.deactivate)


@tenant_page("admin")
@require_POST
def activate(request: TenantRequest, pk: UUID) -> HttpResponse:
    return _change(request, pk, roles.activate)


def _member(pk: UUID) -> Membership:
    return get_object_or_404(Membership.objects.select_related("user"), pk=pk)


def _save(request: TenantRequest, member: Membership, form: PersonForm) -> bool:
    values = form.cleaned_data
    try:
        roles.change_role(request.membership, member, role=values["role"])
    except NotAllowed as error:
        raise PermissionDenied from error
    except LastOwner:
        form.add_error("role", _last_owner_words())
        return False
    teams.set_teams(request.membership, member, values["teams"])
    return True


def _change(
    request: TenantRequest, pk: UUID, change: Callable[[Membership, Membership], None]
) -> HttpResponse:
    try:
        change(request.membership, _member(pk))
    except NotAllowed as error:
        raise PermissionDenied from error
    except LastOwner:
        messages.error(request, _last_owner_words())
    return _back(request)


def _last_owner_words() -> str:
    return _("A business needs an owner. Make someone else an owner first.")


def _back(request: TenantRequest) -> HttpResponse:
    """To the team page, or home for someone who has just given up the right to see it."""
    request.membership.refresh_from_db(fields=["role", "active"])
    if request.membership.may(Role.ADMIN):
        return redirect("portal:team", tenant=request.tenant.slug)
    return redirect("site:after_sign_in")

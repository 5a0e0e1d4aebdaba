"""Teams: make, rename, fill, delete."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.portal.forms.people import TeamForm
from apps.tenants import teams
from apps.tenants.models import Team
from apps.tenants.page import TenantRequest, tenant_page


@tenant_page("admin")
def new_team(request: TenantRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        team = teams.create_team(request.membership, form.cleaned_data["name"])
        teams.set_members(request.membership, team, form.cleaned_data["members"])
        return _back(request)
    return _show(request, form)


@tenant_page("admin")
def edit_team(request: TenantRequest, pk: UUID) -> HttpResponse:
    team = get_object_or_404(Team, pk=pk)
    form = TeamForm(request.POST or None, team=team)
    if request.method == "POST" and form.is_valid():
        teams.rename_team(request.membership, team, name=form.cleaned_data["name"])
        teams.set_members(request.membership, team, form.cleaned_data["members"])
        return _back(request)
    return _show(request, form, team=team)


@tenant_page("admin")
@require_POST
def make_default_team(request: TenantRequest, pk: UUID) -> HttpResponse:
    teams.make_default(request.membership, get_object_or_404(Team, pk=pk))
    return _back(request)


@tenant_page("admin")
@require_POST
def delete_team(request: TenantRequest, pk: UUID) -> HttpResponse:
    try:
        teams.delete_team(request.membership, get_object_or_404(Team, pk=pk))
    except teams.DefaultTeam:
        messages.error(
            request, _("The default team takes what no rule covers. Choose another default first.")
        )
    except teams.TeamInUse:
        messages.error(
            request, _("Routing rules or conversations still belong to this team. Rename it instead.")
        )
    return _back(request)


def _show(request: TenantRequest, form: TeamForm, *, team: Team | None = None) -> HttpResponse:
    facts = {"form": form, "team": team, "section": "team"}
    return render(request, "portal/team_edit.html", facts, status=422 if form.errors else 200)


def _back(request: TenantRequest) -> HttpResponse:
    return redirect("portal:team", tenant=request.tenant.slug)

"""The team page: who works here, with what role, and who was asked in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.portal.forms.people import InviteForm
from apps.portal.invitation_mail import mail_invitation
from apps.portal.role_words import MEANINGS
from apps.tenants import invite
from apps.tenants.models import Invitation, Membership, Role, Team, TeamMember
from apps.tenants.page import TenantRequest, tenant_page
from apps.tenants.roles import NotAllowed


@tenant_page("admin")
def team(request: TenantRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:80]
    facts = {
        "people": [
            (member, Role(member.role).label, MEANINGS[Role(member.role)]) for member in _matching(query)
        ],
        "invitations": [(one, Role(one.role).label) for one in _pending()],
        "teams": _teams(),
        "query": query,
        "section": "team",
    }
    return render(request, "portal/team.html", facts)


@tenant_page("admin")
def invite_person(request: TenantRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, inviter=request.membership)
    if request.method == "POST" and form.is_valid() and _invite(request, form):
        return redirect("portal:team", tenant=request.tenant.slug)
    facts = {"form": form, "section": "team"}
    return render(request, "portal/invite.html", facts, status=422 if form.errors else 200)


@tenant_page("admin")
@require_POST
def resend_invitation(request: TenantRequest, pk: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.select_related("team"), pk=pk)
    try:
        mail_invitation(request, *invite.resend(request.membership, invitation))
    except NotAllowed as error:
        raise PermissionDenied from error
    except invite.NotGood:
        messages.error(request, _("This invitation was accepted or revoked meanwhile."))
    except invite.AlreadyMember:
        messages.error(request, _("This person is a member already."))
    except invite.TooMany:
        messages.error(request, _("No more invitations today. Try again tomorrow."))
    return redirect("portal:team", tenant=request.tenant.slug)


@tenant_page("admin")
@require_POST
def revoke_invitation(request: TenantRequest, pk: UUID) -> HttpResponse:
    try:
        invite.revoke(request.membership, get_object_or_404(Invitation, pk=pk))
    except NotAllowed as error:
        raise PermissionDenied from error
    messages.success(request, _("Invitation revoked: its link no longer works."))
    return redirect("portal:team", tenant=request.tenant.slug)


def _matching(query: str) -> QuerySet[Membership]:
    """Members whose name, address or team contains the words."""
    rows = _members().order_by("-active", "user__name", "user__email")
    if not query:
        return rows
    teams = TeamMember.objects.filter(team__name__icontains=query).values("membership_id")
    named = Q(user__name__icontains=query) | Q(user__email__icontains=query)
    return rows.filter(named | Q(pk__in=teams))


def _members() -> QuerySet[Membership]:
    places = TeamMember.objects.select_related("team").order_by("team__name")
    return Membership.objects.select_related("user").prefetch_related(Prefetch("team_places", places))


def _pending() -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
    return rows.select_related("team").order_by("-created_at")


def _teams() -> QuerySet[Team]:
    members = TeamMember.objects.select_related("membership__user").filter(membership__active=True)
    return Team.objects.prefetch_related(Prefetch("members", members)).order_by("-is_default", "name")


def _invite(request: TenantRequest, form: InviteForm) -> bool:
    values = form.cleaned_data
    try:
        invitation, token = invite.invite(
            request.membership, values["email"], role=values["role"], team=values["team"]
        )
    except invite.AlreadyMember:
        form.add_error("email", _("This person is a member already."))
        return False
    except invite.TooMany:
        form.add_error(None, _("No more invitations today. Try again tomorrow."))
        return False
    mail_invitation(request, invitation, token)
    return True

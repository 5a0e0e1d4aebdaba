"""Who answers: take, assign, put back, transfer; close, reopen, and the next in the queue."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.drafts import optional_id
from apps.console.views.reach import conversation_seen, done, place_asked, refused, wants_json
from apps.conversations import assign
from apps.conversations.models import Conversation
from apps.conversations.notes import MAX_TEXT
from apps.conversations.queries import View, Viewer, in_view, viewer_of
from apps.core import tenancy
from apps.tenants.models import Membership, Team
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def assignment(request: TenantRequest, pk: UUID) -> HttpResponse:
    """`to`: "me", "nobody", or a colleague's membership id."""
    conversation = conversation_seen(request, pk)
    to = request.POST.get("to", "me")
    try:
        if to == "nobody":
            assign.release(conversation.pk, by=request.membership)
            return done(request, conversation, _("Put back into the queue."))
        assign.assign(conversation.pk, _colleague(request, to), by=request.membership)
    except (assign.Closed, assign.NotAMember) as error:
        return refused(request, conversation, _words(error), code=type(error).__name__)
    return done(request, conversation)


@require_POST
@tenant_page()
def transfer(request: TenantRequest, pk: UUID) -> HttpResponse:
    """`to`: "team:<id>" or "person:<id>"; `note` stays inside."""
    conversation = conversation_seen(request, pk)
    kind, _colon, value = request.POST.get("to", "").partition(":")
    note = request.POST.get("note", "")[:MAX_TEXT]
    team = Team.objects.filter(pk=optional_id(value) or UUID(int=0)).first() if kind == "team" else None
    try:
        to = _colleague(request, value) if kind == "person" else None
        if team is None and to is None:
            raise assign.NotAMember(value)
        assign.transfer(conversation.pk, by=request.membership, team=team, to=to, note=note)
    except (assign.Closed, assign.NotAMember) as error:
        return refused(request, conversation, _words(error), code=type(error).__name__)
    return _after_transfer(request, conversation)


@require_POST
@tenant_page()
def close(request: TenantRequest, pk: UUID) -> HttpResponse:
    conversation = conversation_seen(request, pk)
    viewer = viewer_of(request.membership)
    following = _following(request, viewer, conversation)
    assign.close(conversation.pk, by=request.membership)
    if wants_json(request):
        return done(request, conversation)
    messages.success(request, _("The conversation is closed."))
    place = place_asked(request, viewer)
    if following is None:
        return redirect("console:inbox", request.tenant.slug, place.view)
    return redirect("console:conversation", request.tenant.slug, place.view, following)


@require_POST
@tenant_page()
def reopen(request: TenantRequest, pk: UUID) -> HttpResponse:
    conversation = conversation_seen(request, pk)
    try:
        with tenancy.scope(request.tenant.pk):
            assign.reopen(conversation.pk, by=request.membership)
    except assign.AlreadyOpen:
        words = _("This customer has a newer conversation that is open: answer there.")
        return refused(request, conversation, words, code="AlreadyOpen")
    return done(request, conversation)


@require_POST
@tenant_page()
def take_next(request: TenantRequest) -> HttpResponse:
    """Take whoever has waited longest among those nobody answers; two people never get the same one."""
    viewer = viewer_of(request.membership)
    rows = in_view(View.UNASSIGNED, viewer).filter(needs_answer_since__isnull=False)
    waiting = (
        rows.order_by("needs_answer_since")
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        .first()
    )
    if waiting is None:
        messages.info(request, _("Nobody is waiting."))
        return redirect("console:inbox", request.tenant.slug, View.UNASSIGNED)
    assign.assign(waiting.pk, request.membership, by=request.membership)
    return redirect("console:conversation", request.tenant.slug, View.MINE, waiting.pk)


def _colleague(request: TenantRequest, value: str) -> Membership:
    if value == "me":
        return request.membership
    found = Membership.objects.filter(pk=optional_id(value) or UUID(int=0), active=True).first()
    if found is None:
        raise assign.NotAMember(value)
    return found


def _after_transfer(request: TenantRequest, conversation: Conversation) -> HttpResponse:
    """An agent may have handed it out of their own sight."""
    viewer = viewer_of(request.membership)
    conversation.refresh_from_db(fields=["team", "assignee"])
    if viewer.may_see(team_id=conversation.team_id, assignee_id=conversation.assignee_id):
        return done(request, conversation, _("Transferred."))
    messages.success(request, _("Transferred."))
    return redirect("console:inbox", request.tenant.slug, place_asked(request, viewer).view)


def _following(request: TenantRequest, viewer: Viewer, conversation: Conversation) -> UUID | None:
    """Who needs an answer next in the view from which the form came."""
    place = place_asked(request, viewer)
    rows = in_view(place.base, viewer, team_id=place.team_id).exclude(pk=conversation.pk)
    needing = rows.filter(needs_answer_since__isnull=False).order_by("needs_answer_since")
    following: UUID | None = needing.values_list("pk", flat=True).first()
    return following


def _words(error: Exception) -> str:
    if isinstance(error, assign.Closed):
        return _("This conversation is closed. Reopen it first.")
    return _("Choose a team or a colleague who works here.")

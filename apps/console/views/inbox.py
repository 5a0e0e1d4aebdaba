"""The console's pages: a list, and a list with the open conversation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache

from apps.console import composer, facts, head, timeline
from apps.console.people import colleagues, person_of
from apps.console.rail import Place, place_named, rail_for
from apps.console.rows import STEP, list_rows
from apps.console.views.reach import conversation_seen
from apps.conversations import queries, search, stream
from apps.conversations.models import Conversation
from apps.conversations.queries import View, Viewer, viewer_of
from apps.tenants import doors
from apps.tenants.models import Team
from apps.tenants.page import TenantRequest, tenant_page

MAX_SHOWN = 1000
MAX_QUERY = 100


@tenant_page()
def index(request: TenantRequest) -> HttpResponse:
    return redirect("console:inbox", request.tenant.slug, View.MINE)


@never_cache
@tenant_page()
def inbox(request: TenantRequest, view: str) -> HttpResponse:
    viewer = viewer_of(request.membership)
    return TemplateResponse(request, "console/page.html", _frame(request, _place(view, viewer), viewer))


@never_cache
@tenant_page()
def conversation(request: TenantRequest, view: str, pk: UUID) -> HttpResponse:
    viewer = viewer_of(request.membership)
    found = conversation_seen(request, pk, viewer)
    return page(request, _place(view, viewer), found, viewer=viewer)


@never_cache
@tenant_page()
def earlier(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Older turns, for the top of the timeline; the whole page from there for those without script."""
    found = conversation_seen(request, pk)
    before = request.GET.get("before", "")
    if not before.isdecimal() or len(before) > 15:
        raise Http404
    turns = timeline.latest(found, request.tenant.slug, before=int(before))
    context = {"timeline": turns, "slug": request.tenant.slug, "pk": found.pk}
    partial = request.headers.get("HX-Request") or request.headers.get("X-Partial")
    return render(request, "console/turns.html" if partial else "console/earlier.html", context)


def page(
    request: TenantRequest, place: Place, found: Conversation, *, viewer: Viewer, **more: Any
) -> HttpResponse:
    """List, thread and facts. `more` may hold `error`, `draft` and `status` after something was refused."""
    status = more.pop("status", 200)
    context = {**_frame(request, place, viewer), **_panes(request, found, viewer), **more}
    return TemplateResponse(request, "console/page.html", context, status=status)


def _place(view: str, viewer: Viewer) -> Place:
    place = place_named(view, viewer)
    if place is None:
        raise Http404
    return place


def _frame(request: TenantRequest, place: Place, viewer: Viewer) -> dict[str, Any]:
    """What surrounds the thread: the cursor is read first, so that nothing after it can be missed."""
    cursor = stream.head()
    words = request.GET.get("q", "").strip()[:MAX_QUERY]
    shown = _shown(request)
    if words:
        found = search.conversations(words, viewer, limit=shown + 1)
    else:
        found = queries.in_view(place.base, viewer, team_id=place.team_id)
    return {
        "cursor": cursor,
        "place": place,
        "view": place.view,
        "slug": request.tenant.slug,
        "rail": rail_for(viewer),
        "rows": list_rows(found, request.membership, limit=shown),
        "query": words,
        "show_more": shown + STEP if shown < MAX_SHOWN else None,
        "me": person_of(request.membership),
        "viewer": viewer,
        "places": doors.places_of(request.membership.user_id),
    }


def _shown(request: TenantRequest) -> int:
    asked = request.GET.get("show", "")
    return min(int(asked), MAX_SHOWN) if asked.isdecimal() and len(asked) < 6 else STEP


def _panes(request: TenantRequest, found: Conversation, viewer: Viewer) -> dict[str, Any]:
    membership = request.membership
    return {
        "conversation": found,
        "timeline": timeline.latest(found, request.tenant.slug),
        "head": head.head_of(found, membership),
        "composer": composer.composer_for(found, membership),
        "facts": facts.facts_of(found, viewer, membership),
        "colleagues": colleagues(),
        "teams": list(Team.objects.order_by("name")),
        "pk": found.pk,
    }

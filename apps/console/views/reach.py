"""What every view of the console begins and ends with: the conversation one may see, and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect

from apps.console.rail import Place, place_named
from apps.conversations.models import Conversation
from apps.conversations.queries import Viewer, viewer_of, visible_to
from apps.tenants.page import TenantRequest


def conversation_seen(request: TenantRequest, pk: UUID, viewer: Viewer | None = None) -> Conversation:
    """The conversation with all that a pane shows; 404 when it does not exist or is not theirs to see."""
    rows = visible_to(viewer or viewer_of(request.membership))
    rows = rows.select_related("contact", "address", "channel", "assignee__user", "team", "entry_point")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def place_asked(request: TenantRequest, viewer: Viewer) -> Place:
    """The view from which a form was posted; "all" for anything odd."""
    place = place_named(request.POST.get("view", ""), viewer) or place_named("all", viewer)
    assert place is not None
    return place


def wants_json(request: TenantRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def done(request: TenantRequest, conversation: Conversation, words: str = "", **facts: Any) -> HttpResponse:
    """Back to the conversation; for the script, `facts` as JSON."""
    if wants_json(request):
        return JsonResponse({"ok": True, **facts})
    if words:
        messages.success(request, words)
    place = place_asked(request, viewer_of(request.membership))
    return redirect("console:conversation", request.tenant.slug, place.view, conversation.pk)


def refused(request: TenantRequest, conversation: Conversation, words: str, *, code: str) -> HttpResponse:
    """Nothing happened, and why; nothing is lost on the page that asked."""
    if wants_json(request):
        return JsonResponse({"ok": False, "code": code, "words": words}, status=409)
    messages.error(request, words)
    place = place_asked(request, viewer_of(request.membership))
    return redirect("console:conversation", request.tenant.slug, place.view, conversation.pk)

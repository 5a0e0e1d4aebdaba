"""A tenant's conversations as an operator reads them under a support grant: nothing can be changed here."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from apps.backoffice.session import reading
from apps.backoffice.site import site
from apps.conversations.models import Conversation, Message

PER_PAGE = 50
MOST_MESSAGES = 500


@require_GET
def conversations(request: HttpRequest, grant_id: UUID) -> HttpResponseBase:
    """The tenant's conversations, the latest activity first."""
    with reading(request, grant_id, what="conversations") as grant:
        rows = Conversation.objects.select_related("channel", "contact", "team", "assignee__user")
        page = Paginator(rows.order_by("-last_message_at", "-id"), PER_PAGE).get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
    context = {"grant": grant, "page": page, "title": grant.tenant.name}
    return site.show(request, "admin/support_conversations.html", context)


@require_GET
def conversation(request: HttpRequest, grant_id: UUID, conversation_id: UUID) -> HttpResponseBase:
    """One conversation's messages, oldest first; files by name only."""
    with reading(request, grant_id, what=f"conversation {conversation_id}") as grant:
        found = Conversation.objects.select_related("channel", "contact").filter(pk=conversation_id).first()
        if found is None:
            raise Http404
        latest = Message.objects.filter(conversation=found).prefetch_related("attachments", "deliveries")
        said = list(latest.order_by("-seq")[:MOST_MESSAGES])[::-1]
    context = {"grant": grant, "conversation": found, "said": said, "title": grant.tenant.name}
    return site.show(request, "admin/support_conversation.html", context)

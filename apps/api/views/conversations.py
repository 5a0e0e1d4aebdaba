"""Conversations: listed as the inbox lists them, read one at a time."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import asked
from apps.api.facts import ConversationFacts, ConversationWhole
from apps.api.pages import ByActivity
from apps.api.schema import LIST_ERRORS, READ_ERRORS, page_of, paging
from apps.api.views.base import TenantView
from apps.conversations.models import AuthorKind, Conversation
from apps.conversations.send import Author, decide

PROGRAM = Author(kind=AuthorKind.PROGRAM)


class Conversations(TenantView):
    @extend_schema(
        operation_id="list_conversations",
        parameters=[asked.ConversationFilters, *paging(ByActivity)],
        responses={200: page_of(ConversationFacts), **LIST_ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Conversations of the business, the latest activity first."""
        pages = ByActivity()
        rows = pages.paginate_queryset(_filtered(asked.filters(request)), request, view=self)
        facts = ConversationFacts(rows, many=True, context={"request": request})
        return pages.get_paginated_response(facts.data)


class OneConversation(TenantView):
    @extend_schema(operation_id="read_conversation", responses={200: ConversationWhole, **READ_ERRORS})
    def get(self, request: Request, pk: UUID) -> Response:
        """One conversation, and whether something may be sent to its customer now."""
        conversation = find(pk)
        conversation.may_send = decide(conversation, PROGRAM)  # type: ignore[attr-defined]
        return Response(ConversationWhole(conversation, context={"request": request}).data)


def find(pk: UUID) -> Conversation:
    """The business's conversation. Raises Http404, for another business's as for one that never was."""
    found = _with_names().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _filtered(wanted: dict[str, object]) -> QuerySet[Conversation]:
    rows = _with_names()
    since = wanted.pop("updated_since", None)
    if since is not None:
        rows = rows.filter(Q(last_message_at__gte=since) | Q(opened_at__gte=since) | Q(closed_at__gte=since))
    team = wanted.pop("team", None)
    if team is not None:
        rows = rows.filter(team__slug=team)
    return rows.filter(**wanted)


def _with_names() -> QuerySet[Conversation]:
    return Conversation.objects.select_related("channel", "contact", "address", "team", "assignee__user")

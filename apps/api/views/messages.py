"""Messages: read in order, said once whatever is repeated."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import asked, attached, limits, repeats
from apps.api.caller import Caller
from apps.api.errors import ApiError, refused
from apps.api.facts import MessageFacts
from apps.api.pages import BySequence
from apps.api.schema import READ_ERRORS, SEND_ERRORS, page_of, paging
from apps.api.views.base import TenantView
from apps.conversations import send, ways
from apps.conversations.models import AuthorKind, Conversation, Message
from apps.conversations.send import Author, BadDraft, ClientIdReused, Draft, Refused
from apps.core import tenancy

KEY = OpenApiParameter(
    repeats.HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    description="New for each message; the same again answers with the first message.",
)


PARTS = ("attachments", "deliveries")


class Messages(TenantView):
    @extend_schema(
        operation_id="list_messages",
        parameters=paging(BySequence),
        responses={200: page_of(MessageFacts), **READ_ERRORS},
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What was said in the conversation, oldest first. Internal notes are not part of it."""
        if not Conversation.objects.filter(pk=pk).exists():
            raise Http404
        pages = BySequence()
        rows = pages.paginate_queryset(_whole().filter(conversation_id=pk), request, view=self)
        return pages.get_paginated_response(_facts(request, rows, many=True))

    @extend_schema(
        operation_id="send_message",
        parameters=[KEY],
        request=asked.MessageGiven,
        responses={201: MessageFacts, 200: MessageFacts, **SEND_ERRORS},
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Say something to the customer: 201 the first time, 200 when it was said already."""
        caller: Caller = request.auth  # type: ignore[assignment]
        wanted = asked.message(request)
        with tenancy.scope(tenancy.require()):
            message, new = _send(pk, caller, wanted, client_id=repeats.client_id(request, caller))
        prefetch_related_objects([message], *PARTS)
        return Response(_facts(request, message, many=False), status=201 if new else 200)


def _send(pk: UUID, caller: Caller, wanted: asked.Asked, *, client_id: UUID) -> tuple[Message, bool]:
    conversation = _locked(pk)
    new = not conversation.messages.filter(client_id=client_id).exists()
    _require_known(conversation, wanted.draft)
    if new:  # a repetition finds its files in the first message
        attached.require(conversation, wanted.draft)
    message = _said(conversation, caller, wanted.draft, client_id=client_id)
    if new and not wanted.card_as_text:
        limits.require_shown(message)
    return message, new


def _locked(pk: UUID) -> Conversation:
    try:
        return send.locked(pk)
    except Conversation.DoesNotExist:
        raise Http404 from None


def _said(conversation: Conversation, caller: Caller, draft: Draft, *, client_id: UUID) -> Message:
    author = Author(kind=AuthorKind.PROGRAM, name=caller.token.name)
    try:
        return send.say(conversation, author, draft, client_id=client_id)
    except Refused as error:
        raise refused(error.decision) from None
    except ClientIdReused:
        words = "This key was used for a message with another content."
        raise ApiError(409, "idempotency_key_reused", words, field=repeats.HEADER) from None
    except BadDraft as error:
        if draft.template:
            raise ApiError(422, "bad_template", error, field=error.field) from None
        raise limits.bad_draft(error, ways.channel_of(conversation)) from None


def _require_known(conversation: Conversation, draft: Draft) -> None:
    if draft.reply_to and not conversation.messages.filter(pk=draft.reply_to).exists():
        raise ApiError(422, "no_such_message", "This conversation has no such message.", field="reply_to")


def _whole() -> QuerySet[Message]:
    return Message.objects.prefetch_related(*PARTS)


def _facts(request: Request, rows: object, *, many: bool) -> object:
    return MessageFacts(rows, many=many, context={"request": request}).data  # type: ignore[arg-type]

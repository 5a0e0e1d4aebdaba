"""What a visitor says, chooses, and that they leave: durable before the answer."""

from __future__ import annotations

from django.http import JsonResponse

from apps.conversations.models import Message
from apps.platforms.cards import Given
from apps.platforms.events import Place
from apps.widget import answers as replies
from apps.widget import say
from apps.widget.fields import fields_of
from apps.widget.limits import SAYINGS_PER_VISITOR, buckets
from apps.widget.protocol import VisitorRequest, visitor_view
from apps.widget.shapes import shape, with_addresses

MAX_VALUE = 40_000  # characters; what a field takes is the card's business


@visitor_view("POST")
def messages(request: VisitorRequest) -> JsonResponse:
    """Say something; repeat with the same client_id until an answer comes."""
    fields = fields_of(request)
    buckets.take(SAYINGS_PER_VISITOR, request.visitor.pk.hex)
    said = say.say(
        request.visitor,
        fields.text("text", limit=say.MAX_TEXT * 2, default=""),
        files=fields.uuids("files"),
        client_id=fields.uuid("client_id"),
        reply_to=fields.uuid_or_none("reply_to"),
    )
    return _said(request, said)


@visitor_view("POST")
def answers(request: VisitorRequest) -> JsonResponse:
    """Answer a card that was sent: `selected`, `slot`, `values` or `place`, as the card asks."""
    fields = fields_of(request)
    buckets.take(SAYINGS_PER_VISITOR, request.visitor.pk.hex)
    place = fields.place("place")
    given = Given(
        selected=fields.texts("selected", limit=200),
        slot=fields.text("slot", limit=200, default=""),
        values=fields.lists("values", limit=MAX_VALUE),
        address=place if isinstance(place, str) else "",
    )
    said = say.answer(
        request.visitor,
        fields.uuid("message"),
        given,
        client_id=fields.uuid("client_id"),
        place=place if isinstance(place, Place) else None,
    )
    return _said(request, said)


@visitor_view("POST")
def leave(request: VisitorRequest) -> JsonResponse:
    """Leave for good, until the visitor writes again. Idempotent."""
    say.leave(request.visitor)
    return replies.ok(left=True)


def _said(request: VisitorRequest, said: Message) -> JsonResponse:
    fresh = Message.objects.prefetch_related("attachments").get(pk=said.pk)
    return replies.ok(201, message=with_addresses(shape(fresh), request.visitor))

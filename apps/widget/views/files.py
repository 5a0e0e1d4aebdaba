"""Files of a conversation: sent by its visitor, given to its visitor, never as a page of ours."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from apps.conversations import files
from apps.conversations.models import Attachment, AttachmentState
from apps.conversations.serving import serve
from apps.core import tenancy
from apps.widget import answers, doors, history, shapes, tickets
from apps.widget import uploads as taking
from apps.widget.answers import NotThere
from apps.widget.fields import BadField
from apps.widget.limits import UPLOADS_PER_VISITOR, buckets
from apps.widget.models import Visitor
from apps.widget.protocol import VisitorRequest, public_view, token_of, visitor_view, visitor_with

MULTIPART = 64 * 1024  # what the form around the file may take


@visitor_view("POST")
def uploads(request: VisitorRequest) -> JsonResponse:
    """Take one file for a message to come: a form with `file`, and `voice=1` for a voice note."""
    if int(request.headers.get("Content-Length") or 0) > settings.MAX_ATTACHMENT_BYTES + MULTIPART:
        raise files.FileTooLarge(settings.MAX_ATTACHMENT_BYTES)
    buckets.take(UPLOADS_PER_VISITOR, request.visitor.pk.hex)
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        raise BadField("file")
    voice = request.POST.get("voice") == "1"
    upload = taking.take(request.visitor, sent.file, name=sent.name or "", voice=voice)
    facts = {"id": str(upload.pk), "kind": upload.kind, "name": upload.name, "size": upload.size}
    return answers.ok(201, file=facts)


@visitor_view("GET")
def addresses(request: VisitorRequest, pk: UUID) -> JsonResponse:
    """Fresh addresses of one file, good for five minutes."""
    found = shapes.file_shape(_file_of(request.visitor, pk))
    return answers.ok(file=shapes.file_addresses(found, request.visitor))


@public_view("GET")
def file(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file, for the holder of a token or of a ticket; with preview=1 its safe picture.

    Another visitor's file, a missing one and a bad ticket answer alike.
    """
    visitor_id, place = _asking(request, pk)
    with tenancy.scope(place):
        visitor = Visitor.objects.filter(pk=visitor_id, revoked_at=None).first()
        if visitor is None:
            raise NotThere
        found = _file_of(visitor, pk)
        preview = request.GET.get("preview") == "1"
        # Shown on the business's own pages too: whoever has a ticket was given it.
        return serve(request, found, preview=preview, shared_with="cross-origin", max_age=300)


def _asking(request: HttpRequest, pk: UUID) -> tuple[UUID, UUID]:
    """(visitor id, tenant id) of who asks, by token or by ticket."""
    token = token_of(request)
    place = doors.visitor_for(token)
    if place is not None:
        with tenancy.scope(place.tenant_id):
            return visitor_with(token).pk, place.tenant_id
    holder = tickets.holder(request.GET.get("ticket", ""), pk)
    if holder is None:
        raise NotThere
    return holder.visitor_id, holder.tenant_id


def _file_of(visitor: Visitor, pk: UUID) -> Attachment:
    """A file of a message that the visitor may read. Raises NotThere."""
    rows = Attachment.objects.select_related("message").filter(pk=pk, state=AttachmentState.STORED)
    found = rows.filter(message__in=history.messages_of(visitor)).first()
    if found is None or found.message is None or not shapes.shown(found.message):
        raise NotThere
    return found

"""Files: taken in one by one, given out only to who may see their conversation, never as a page of ours."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.defaultfilters import filesizeformat
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.console import ranges
from apps.console.contents import file_view
from apps.console.views.reach import conversation_seen
from apps.conversations import files
from apps.conversations.models import Attachment, AttachmentState
from apps.conversations.send import MAX_FILES
from apps.tenants.page import TenantRequest, tenant_page

MAX_WAITING = 5 * MAX_FILES  # uploads of one conversation that no message has taken yet


@require_POST
@tenant_page()
def upload(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Take in one file for a message to come; its id and how to show it, as JSON."""
    conversation = conversation_seen(request, pk)
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        return _refusal("no_file", _("No file came with the request."))
    if Attachment.objects.filter(conversation=conversation, message=None).count() >= MAX_WAITING:
        return _refusal("too_many", _("Too many files wait in this conversation. Send or remove some first."))
    try:
        stored = files.upload(conversation, cast(BinaryIO, sent.file), name=sent.name or "")
    except files.FileTooLarge:
        limit = filesizeformat(settings.MAX_ATTACHMENT_BYTES)
        return _refusal("too_large", _("Larger than %(limit)s.") % {"limit": limit})
    except files.EmptyFile:
        return _refusal("empty", _("The file is empty."))
    view = file_view(stored, conversation.pk, request.tenant.slug)
    facts = {"id": str(stored.pk), "name": view.name, "size": view.size, "show": view.show}
    return JsonResponse({**facts, "preview": view.preview}, status=201)


@require_POST
@tenant_page()
def remove(request: TenantRequest, pk: UUID, attachment: UUID) -> HttpResponse:
    """Take back an upload that no message has taken. Idempotent."""
    conversation = conversation_seen(request, pk)
    waiting = Attachment.objects.filter(pk=attachment, conversation=conversation, message=None).first()
    if waiting is not None:
        files.delete(waiting)
    return HttpResponse(status=204)


@require_safe
@tenant_page()
def file(request: TenantRequest, pk: UUID, attachment: UUID) -> HttpResponseBase:
    """The file, or with ?preview its safe picture. Inline only where `served_as` says it is harmless."""
    conversation = conversation_seen(request, pk)
    rows = Attachment.objects.filter(conversation=conversation, state=AttachmentState.STORED)
    found = rows.filter(pk=attachment).first()
    if found is None:
        raise Http404
    served = files.served_as(found, preview="preview" in request.GET)
    if not served.path.is_file():
        raise Http404
    response = _body(request, served.path)
    response["Content-Type"] = served.mime
    disposition = content_disposition_header(not served.inline, found.name or "file")
    response["Content-Disposition"] = disposition or "attachment"
    return _guarded(response)


def _body(request: TenantRequest, path: Path) -> HttpResponseBase:
    size = path.stat().st_size
    try:
        asked = ranges.parse(request.headers.get("Range", ""), size)
    except ranges.Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if asked is None:
        return FileResponse(path.open("rb"))
    first, last = asked
    response = StreamingHttpResponse(ranges.read(path, first, last), status=206)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _guarded(response: HttpResponseBase) -> HttpResponseBase:
    """Whatever the bytes are, a browser runs nothing of them and keeps them to this person."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; media-src 'self'; img-src 'self'"
    response["Cross-Origin-Resource-Policy"] = "same-site"
    response["Cache-Control"] = "private, max-age=3600"
    response["Accept-Ranges"] = "bytes"
    return response


def _refusal(code: str, words: str) -> JsonResponse:
    return JsonResponse({"ok": False, "code": code, "words": words}, status=422)

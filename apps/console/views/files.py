"""Files: taken in one by one, given out only to who may see their conversation, never as a page of ours."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.console.contents import file_view
from apps.console.views.reach import conversation_seen
from apps.conversations import files, unsendable
from apps.conversations.models import Attachment, AttachmentState
from apps.conversations.serving import FileGone, serve
from apps.core import sizes
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def upload(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Take in one file for a message to come; its id, how to show it and what the platform would not show of
    it, as JSON. What it cannot be sent at all is refused."""
    conversation = conversation_seen(request, pk)
    sent = request.FILES.get("file")
    if sent is None or sent.file is None:
        return _refusal("no_file", _("No file came with the request."))
    try:
        files.require_room(conversation)
        stored = files.upload(conversation, cast(BinaryIO, sent.file), name=sent.name or "")
    except files.TooManyWaiting:
        return _refusal("too_many", _("Too many files wait in this conversation. Send or remove some first."))
    except files.FileTooLarge as error:
        limit = sizes.in_words(error.limit)
        return _refusal("too_large", _("Larger than %(limit)s.") % {"limit": limit})
    except files.EmptyFile:
        return _refusal("empty", _("The file is empty."))
    remark = unsendable.remark(conversation, stored)
    if remark and remark[0].blocks:
        files.delete(stored)
        return _refusal("not_taken", remark[1])
    view = file_view(stored, conversation.pk, request.tenant.slug)
    facts = {"id": str(stored.pk), "name": view.name, "size": view.size, "show": view.show}
    return JsonResponse({**facts, "preview": view.preview, "remark": remark[1] if remark else ""}, status=201)


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
    """The file, or with ?preview its safe picture."""
    conversation = conversation_seen(request, pk)
    rows = Attachment.objects.filter(conversation=conversation, state=AttachmentState.STORED)
    found = rows.filter(pk=attachment).first()
    if found is None:
        raise Http404
    preview = "preview" in request.GET
    try:
        return serve(request, found, preview=preview, shared_with="same-site", max_age=3600)
    except FileGone:
        raise Http404 from None


def _refusal(code: str, words: str) -> JsonResponse:
    return JsonResponse({"ok": False, "code": code, "words": words}, status=422)

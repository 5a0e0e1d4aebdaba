"""Writing: replies to the customer, and notes that never leave. Two endpoints, so one cannot be the other."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console import drafts
from apps.console.composer import refusal
from apps.console.findings import beside
from apps.console.fragments import render_slip, render_turn
from apps.console.read_marks import mark_read
from apps.console.turns import notes_by_id, turns_by_id
from apps.console.views import inbox
from apps.console.views.reach import conversation_seen, done, place_asked, wants_json
from apps.conversations import files
from apps.conversations.models import Attachment, AuthorKind, Conversation, ConversationStatus, Message
from apps.conversations.notes import BadNote, write_note
from apps.conversations.queries import viewer_of
from apps.conversations.send import Author, BadDraft, ClientIdReused, Draft, Refused, locked, say
from apps.core import sizes, tenancy
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def send(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Say something to the customer. The same `client_id` again answers with the first message."""
    conversation = conversation_seen(request, pk)
    try:
        with tenancy.scope(request.tenant.pk):
            message = _send(request, conversation)
    except BadDraft as error:
        return _not_sent(
            request, conversation, "bad_draft", str(error), status=422, field=error.field, place=error.place
        )
    except files.FileTooLarge as error:
        words = _("Larger than %(limit)s.") % {"limit": sizes.in_words(error.limit)}
        return _not_sent(request, conversation, "bad_file", words, status=422)
    except files.EmptyFile:
        return _not_sent(request, conversation, "bad_file", _("The file is empty."), status=422)
    except ClientIdReused:
        words = _("An earlier version of this was sent already. Send again to send this one as well.")
        return _not_sent(request, conversation, "client_id_reused", words, status=409)
    except Refused as error:
        words = refusal(error.decision, conversation, request.membership)
        return _not_sent(request, conversation, error.decision.rule, words, status=409)
    mark_read(conversation, request.membership, seq=message.seq)
    turn = turns_by_id([message.pk], request.tenant.slug)[message.pk]
    html = render_turn(turn, request.tenant.slug)
    return done(request, conversation, id=f"m-{message.pk}", html=html)


@require_POST
@tenant_page()
def note(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Write an internal note. Idempotent by `client_id`."""
    conversation = conversation_seen(request, pk)
    text = request.POST.get("text", "").replace("\r\n", "\n").strip()
    try:
        client_id = drafts.client_id_from(request.POST)
        written = write_note(conversation.pk, request.membership, text, client_id=client_id)
    except BadDraft as error:
        return _not_sent(request, conversation, "bad_draft", str(error), status=422)
    except BadNote:
        words = _("Write something, at most 20,000 characters.")
        return _not_sent(request, conversation, "bad_note", words, status=422)
    html = render_slip(notes_by_id([written.pk])[written.pk])
    return done(request, conversation, id=f"n-{written.pk}", html=html)


def _send(request: TenantRequest, conversation: Conversation) -> Message:
    client_id = drafts.client_id_from(request.POST)
    known = conversation.messages.filter(client_id=client_id).first()
    if known is not None and request.FILES:  # the same form once more: its files are here already
        return known
    conversation = _open(conversation)
    uploaded: list[Attachment] = []
    try:
        for file in request.FILES.getlist("files"):
            uploaded.append(files.upload(conversation, cast(BinaryIO, file.file), name=file.name or ""))
        ids = tuple(attachment.pk for attachment in uploaded)
        draft = drafts.draft_from(request.POST, client_id=client_id, uploaded=ids)
        author = Author(kind=AuthorKind.MEMBER, membership=request.membership)
        return _said(conversation, author, draft, client_id)
    except Exception:
        for attachment in uploaded:  # the rows are rolled back; what lies on disk is not
            files.delete(attachment)
        raise


def _said(conversation: Conversation, author: Author, draft: Draft, client_id: UUID) -> Message:
    try:
        return say(conversation, author, draft, client_id=client_id)
    except BadDraft as error:
        raise beside(error, draft.card) from None


def _open(conversation: Conversation) -> Conversation:
    """Locked. A closed one is reopened by its own button: the customer may have a newer one."""
    found = locked(conversation.pk)
    if found.status == ConversationStatus.CLOSED:
        raise BadDraft(_("This conversation is closed. Reopen it to answer."))
    return found


def _not_sent(
    request: TenantRequest,
    conversation: Conversation,
    code: str,
    words: str,
    *,
    status: int,
    field: str = "",
    place: int = 0,
) -> HttpResponse:
    """What was written comes back with the reason; `field` is the way to what is wrong, `place` which of
    several of that name."""
    if wants_json(request):
        facts = {"code": code, "words": words, "field": field, "place": place}
        return JsonResponse({"ok": False, **facts}, status=status)
    viewer = viewer_of(request.membership)
    fresh = conversation_seen(request, conversation.pk, viewer)
    text = request.POST.get("text", "")
    view = place_asked(request, viewer)
    return inbox.page(request, view, fresh, viewer=viewer, status=status, error=words, draft=text)

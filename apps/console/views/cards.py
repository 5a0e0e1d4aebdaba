"""Looking at a card before it is sent: how it will look, what keeps it from being shown. Changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.card_drafts import card_from, pictures_in
from apps.console.card_views import view_of
from apps.console.contents import file_view
from apps.console.drafts import client_id_from, ids_in
from apps.console.findings import remarks
from apps.console.views.reach import conversation_seen
from apps.console.wording import short_name
from apps.conversations.files import media_file
from apps.conversations.models import Attachment, Conversation
from apps.conversations.send import BadDraft
from apps.platforms import cards
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def look(request: TenantRequest, pk: UUID) -> JsonResponse:
    """{"remarks": […], "as_text": words or "", "html": the card, after the pictures that go by themselves};
    without html what is not a card yet."""
    conversation = conversation_seen(request, pk)
    try:
        uploads = ids_in(request.POST.getlist("attachment"))
        card = card_from(request.POST, client_id_from(request.POST), files=len(uploads))
        files = _files(conversation, request.POST, uploads)
    except BadDraft as error:
        return JsonResponse({"remarks": [], "as_text": "", "html": "", "field": error.field})
    if card is None:
        return JsonResponse({"remarks": [], "as_text": "", "html": "", "field": "card"})
    platform = short_name(conversation.channel.platform)
    found = remarks(conversation, card, platform, files=[media_file(row) for row in files])
    as_text = any(remark.blocks for remark in found)
    views = [file_view(row, conversation.pk, request.tenant.slug) for row in files]
    alone = as_text or any(remark.beside for remark in found)
    context = {
        "files": views if alone else [],
        "card": view_of(card, shown={} if alone else dict(enumerate(views))),
        "text": cards.fallback_text(card) if as_text else "",
    }
    return JsonResponse(
        {
            "remarks": [asdict(remark) for remark in found],
            "as_text": _instead(card) % {"platform": platform} if as_text else "",
            "html": render_to_string("console/card_preview.html", context),
        }
    )


def _instead(card: cards.Card) -> str:
    """What becomes of a card that is not shown as such."""
    if isinstance(card, cards.MediaGroup):
        return _("The pictures go one by one on %(platform)s.")
    return _("It goes as text on %(platform)s.")


def _files(conversation: Conversation, data: QueryDict, uploads: tuple[UUID, ...]) -> list[Attachment]:
    """The files of the message to come, by position; none when one of them is not there."""
    wanted = (*uploads, *ids_in(pictures_in(data)))
    rows = conversation.attachments.filter(pk__in=wanted, message=None).in_bulk()
    return [rows[pk] for pk in wanted] if rows.keys() == set(wanted) else []

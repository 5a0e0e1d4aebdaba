"""Looking at a card before it is sent: how it will look, what keeps it from being shown. Changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.card_drafts import card_from
from apps.console.card_views import view_of
from apps.console.drafts import client_id_from
from apps.console.findings import remarks
from apps.console.views.reach import conversation_seen
from apps.console.wording import short_name
from apps.conversations.send import MAX_FILES, BadDraft
from apps.platforms import cards
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def look(request: TenantRequest, pk: UUID) -> JsonResponse:
    """{"remarks": […], "as_text": words or "", "html": the card}; without html what is not a card yet."""
    conversation = conversation_seen(request, pk)
    count = request.POST.get("count", "")
    files = min(int(count), MAX_FILES) if count.isdecimal() and len(count) < 4 else 0
    try:
        card = card_from(request.POST, client_id_from(request.POST), files=files)
    except BadDraft as error:
        return JsonResponse({"remarks": [], "as_text": "", "html": "", "field": error.field})
    if card is None:
        return JsonResponse({"remarks": [], "as_text": "", "html": "", "field": "card"})
    platform = short_name(conversation.channel.platform)
    found = remarks(conversation, card, platform)
    as_text = any(remark.blocks for remark in found)
    context = {"card": view_of(card), "text": cards.fallback_text(card) if as_text else ""}
    return JsonResponse(
        {
            "remarks": [asdict(remark) for remark in found],
            "as_text": _("It goes as text on %(platform)s.") % {"platform": platform} if as_text else "",
            "html": render_to_string("console/card_preview.html", context),
        }
    )

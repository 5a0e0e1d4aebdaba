"""How far the person has read."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from apps.console.read_marks import mark_read
from apps.console.views.reach import conversation_seen
from apps.conversations import hints, show_seen
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def read(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Everything up to message number `seq` was on the screen; without `seq`, everything there is."""
    conversation = conversation_seen(request, pk)
    asked = request.POST.get("seq", "")
    seq = int(asked) if asked.isdecimal() and len(asked) < 16 else conversation.last_seq
    if show_seen.is_news(conversation, seq=seq):
        transaction.on_commit(partial(hints.conversation_seen, request.tenant.pk, conversation.pk))
    mark_read(conversation, request.membership, seq=seq)
    return HttpResponse(status=204)

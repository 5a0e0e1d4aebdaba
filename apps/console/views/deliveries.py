"""What a person decides about a reply that did not go out, or may not have."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.console.composer import refusal
from apps.console.views.reach import conversation_seen, done, refused
from apps.conversations import resend as deliveries
from apps.conversations.models import AuthorKind, Conversation, Delivery
from apps.conversations.send import Author, Refused
from apps.core import tenancy
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def resend(request: TenantRequest, pk: UUID, delivery: UUID) -> HttpResponse:
    """Send it once more; a second click changes nothing."""
    conversation = _reach(request, pk, delivery)
    author = Author(kind=AuthorKind.MEMBER, membership=request.membership)
    try:
        with tenancy.scope(request.tenant.pk):
            deliveries.resend(delivery, author)
    except deliveries.NotResendable:
        return refused(request, conversation, _("This was dealt with already."), code="settled")
    except Refused as error:
        words = refusal(error.decision, conversation, request.membership)
        return refused(request, conversation, words, code=error.decision.rule)
    return done(request, conversation)


@require_POST
@tenant_page()
def accept(request: TenantRequest, pk: UUID, delivery: UUID) -> HttpResponse:
    """Leave it as it is; a second click changes nothing."""
    conversation = _reach(request, pk, delivery)
    try:
        with tenancy.scope(request.tenant.pk):
            deliveries.accept(delivery)
    except deliveries.NotResendable:
        return refused(request, conversation, _("This was dealt with already."), code="settled")
    return done(request, conversation)


def _reach(request: TenantRequest, pk: UUID, delivery: UUID) -> Conversation:
    conversation = conversation_seen(request, pk)
    if not Delivery.objects.filter(pk=delivery, conversation=conversation).exists():
        raise Http404
    return conversation

"""Answering a customer whom another program answers on the platform."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.connections.vault import CredentialUnreadable
from apps.console.views.reach import conversation_seen, done, refused
from apps.console.wording import short_name
from apps.conversations import take_thread
from apps.conversations.models import AuthorKind
from apps.conversations.send import Author
from apps.platforms.base import SendError
from apps.tenants.page import TenantRequest, tenant_page


@require_POST
@tenant_page()
def take(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Ask the platform for the thread; a second click changes nothing."""
    conversation = conversation_seen(request, pk)
    author = Author(kind=AuthorKind.MEMBER, membership=request.membership)
    platform = short_name(conversation.channel.platform)
    try:
        take_thread.take_thread(conversation, author)
    except SendError as error:
        words = _("%(platform)s does not hand this conversation over.") % {"platform": platform}
        return refused(request, conversation, f"{words} {error.words}".strip(), code="not_taken")
    except CredentialUnreadable:
        words = _("%(platform)s does not hand this conversation over.") % {"platform": platform}
        return refused(request, conversation, words, code="not_taken")
    return done(request, conversation)

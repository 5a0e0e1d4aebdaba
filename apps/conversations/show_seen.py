"""Showing the customer that somebody has read their words, where the platform can."""

from __future__ import annotations

from uuid import UUID

from apps.connections import vault
from apps.conversations import arrivals, best_effort
from apps.conversations.models import Conversation, ReadMark
from apps.conversations.send import decide
from apps.core import tenancy
from apps.platforms import registry


def is_news(conversation: Conversation, *, seq: int) -> bool:
    """Whether reading up to `seq` shows the customer more than they know; ask before the mark is moved."""
    if not registry.get(conversation.channel.platform).capabilities.seen_out:
        return False
    last = conversation.last_inbound_seq
    marks = ReadMark.objects.filter(conversation=conversation, seq__gte=last)
    return 0 < last <= seq and not marks.exists()


def show(tenant_id: UUID, conversation_id: UUID) -> None:
    """Best effort; does nothing for a customer who left or a platform without the signal."""
    with tenancy.scope(tenant_id):
        rows = Conversation.objects.select_related("channel", "address")
        conversation = rows.filter(pk=conversation_id).first()
        if conversation is None or not decide(conversation).allow:
            return
        platform = registry.get(conversation.channel.platform)
        ref = (conversation.address.handle or {}).get("seen") or arrivals.last_ref(conversation)
        if not platform.capabilities.seen_out or not ref:
            return
        credentials = vault.reveal(conversation.channel)
        to = conversation.address.value
    best_effort.call(
        tenant_id,
        conversation.channel,
        "seen not shown",
        lambda http: platform.seen(to, ref, credentials, http),
    )

"""Showing the customer that someone is answering, where the platform can."""

from __future__ import annotations

from uuid import UUID

from apps.connections import vault
from apps.conversations import arrivals, best_effort
from apps.conversations.models import Conversation
from apps.conversations.send import decide
from apps.core import tenancy
from apps.platforms import registry


def show(tenant_id: UUID, conversation_id: UUID, on: bool) -> None:
    """Best effort; does nothing for a customer who left or a platform without the signal."""
    with tenancy.scope(tenant_id):
        rows = Conversation.objects.select_related("channel", "address")
        conversation = rows.filter(pk=conversation_id).first()
        if conversation is None or not decide(conversation).allow:
            return
        platform = registry.get(conversation.channel.platform)
        credentials = vault.reveal(conversation.channel)
        to, sender = conversation.address.value, conversation.channel.address
        if platform.capabilities.typing_at_message:
            to = arrivals.last_ref(conversation)
    if platform.capabilities.typing_out and to:
        best_effort.call(
            tenant_id,
            conversation.channel,
            "typing not shown",
            lambda http: platform.typing(to, sender, on, credentials, http),
        )

"""Showing the customer that someone is answering, where the platform can."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from apps.connections import vault
from apps.conversations import outgoing_http
from apps.conversations.models import Conversation
from apps.conversations.send import decide
from apps.core import tenancy
from apps.platforms import base, registry

log = logging.getLogger(__name__)


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
    if platform.capabilities.typing_out:
        asyncio.run(_show(platform, to, sender, on, credentials))


async def _show(
    platform: base.Platform, to: str, sender: str, on: bool, credentials: base.Credentials
) -> None:
    async with outgoing_http.door() as http:
        try:
            await platform.typing(to, sender, on, credentials, http)
        except base.SendError as error:
            log.info("typing not shown: %s", type(error).__name__)

"""Telling platforms that wait for it (Telegram's buttons spin) that their event was taken; best effort."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from apps.connections.models import Channel
from apps.conversations import outgoing_http, trouble
from apps.platforms import base, registry
from apps.platforms.events import MessageReceived

log = logging.getLogger(__name__)

Call = tuple[Channel, MessageReceived, base.Credentials]


def acknowledge(tenant_id: UUID, calls: Sequence[Call]) -> None:
    """Side by side; what fails is logged and not tried again, refused credentials stop their channel. Call
    it outside any transaction."""
    failed: dict[UUID, tuple[Channel, Exception]] = {}
    for (channel, *_rest), answer in zip(calls, asyncio.run(_ask(calls)) if calls else [], strict=True):
        if isinstance(answer, Exception):
            log.info("not acknowledged: %s", type(answer).__name__)
            failed[channel.pk] = channel, answer
    for channel, error in failed.values():
        trouble.note(tenant_id, channel, error)


async def _ask(calls: Sequence[Call]) -> list[BaseException | None]:
    async with outgoing_http.door() as http:
        answers = [
            registry.get(channel.platform).acknowledge(event, creds, http) for channel, event, creds in calls
        ]
        return await asyncio.gather(*answers, return_exceptions=True)

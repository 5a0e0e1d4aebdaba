"""Telling platforms that wait for it (Telegram's buttons spin) that their event was taken; best effort."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from apps.conversations import outgoing_http
from apps.platforms import base
from apps.platforms.events import MessageReceived

log = logging.getLogger(__name__)

Call = tuple[base.Platform, MessageReceived, base.Credentials]


def acknowledge(calls: Sequence[Call]) -> None:
    """Side by side; what fails is logged and not tried again. Call it outside any transaction."""
    if calls:
        asyncio.run(_acknowledge(calls))


async def _acknowledge(calls: Sequence[Call]) -> None:
    async with outgoing_http.door() as http:
        answers = [platform.acknowledge(event, creds, http) for platform, event, creds in calls]
        for result in await asyncio.gather(*answers, return_exceptions=True):
            if isinstance(result, BaseException):
                log.info("not acknowledged: %s", type(result).__name__)

"""Calls to a platform that nothing waits for: "typing", "seen". What fails is logged and not tried again;
refused credentials stop the channel, whichever call they are refused to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

from apps.connections.models import Channel
from apps.conversations import outgoing_http, trouble
from apps.core.http import Http
from apps.platforms import base

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds


def call(tenant_id: UUID, channel: Channel, what: str, ask: Callable[[Http], Awaitable[object]]) -> None:
    """Run one adapter call, outside any scope. `what` is for the log."""
    try:
        asyncio.run(_call(ask))
    except (TimeoutError, base.SendError) as error:
        log.info("%s: %s", what, type(error).__name__)
        trouble.note(tenant_id, channel, error)


async def _call(ask: Callable[[Http], Awaitable[object]]) -> None:
    async with outgoing_http.door() as http, asyncio.timeout(PATIENCE):
        await ask(http)

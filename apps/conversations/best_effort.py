"""Calls to a platform that nothing waits for: "typing", "seen". What fails is logged and not tried again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from apps.conversations import outgoing_http
from apps.core.http import Http
from apps.platforms import base

log = logging.getLogger(__name__)

PATIENCE = 10.0  # seconds


def call(what: str, ask: Callable[[Http], Awaitable[object]]) -> base.SendError | None:
    """Run one adapter call outside any transaction; its error, or None. `what` is for the log."""
    try:
        asyncio.run(_call(ask))
    except TimeoutError:
        return base.Unknown("no answer in time")
    except base.SendError as error:
        log.info("%s: %s", what, type(error).__name__)
        return error
    return None


async def _call(ask: Callable[[Http], Awaitable[object]]) -> None:
    async with outgoing_http.door() as http, asyncio.timeout(PATIENCE):
        await ask(http)

"""Asking a platform something from a page or a command, where a person waits for the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from django.conf import settings

from apps.core.http import Egress, Http, HttpDoor
from apps.platforms.base import Unreachable

T = TypeVar("T")

PATIENCE = 20.0  # seconds; below the database's idle-in-transaction limit


def ask(question: Callable[[Http], Awaitable[T]]) -> T:
    """Run one adapter call over the outbound door. Raises what the adapter raises, Unreachable when it
    takes longer than `PATIENCE`. Call it before writing: rows locked meanwhile would stop others."""
    return asyncio.run(_ask(question))


async def _ask(question: Callable[[Http], Awaitable[T]]) -> T:
    async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
        try:
            async with asyncio.timeout(PATIENCE):
                return await question(http)
        except TimeoutError:
            raise Unreachable("no answer in time", code="timeout") from None

"""A page that follows its socket must in the end show what a page fetched afresh shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from tests.chaos.history import History

PATIENCE = 15.0  # seconds for what was told last to reach a page on a busy machine
LOOK_SECONDS = 0.1


async def compare(
    history: History,
    who: str,
    tenant: str,
    conversation: str,
    seen: Callable[[], list[str]],
    fresh: list[str],
) -> None:
    """Wait until `seen` is `fresh`, which no longer changes, and note both with the seconds that it took."""
    began, wanted = time.monotonic(), sorted(fresh)
    while sorted(seen()) != wanted and time.monotonic() - began < PATIENCE:
        await asyncio.sleep(LOOK_SECONDS)
    took = round(time.monotonic() - began, 1)
    facts = {"seen": sorted(seen()), "fresh": wanted, "took": took}
    history.note("followed", who=who, tenant=tenant, conversation=conversation, **facts)

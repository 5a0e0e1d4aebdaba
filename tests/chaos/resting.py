"""Between two messages of a person."""

from __future__ import annotations

import asyncio


async def rest(seconds: float, stopping: asyncio.Event) -> None:
    """Wait so long, or until it is time to stop: who only rests has nothing to finish."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        pass

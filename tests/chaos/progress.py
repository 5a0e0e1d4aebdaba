"""How a run stands, every few seconds, on one line."""

from __future__ import annotations

import asyncio
import time

from tests.chaos import ending
from tests.chaos.nemesis import Nemesis
from tests.chaos.stack import Stack
from tests.chaos.workload import Workload

EVERY = 10.0  # seconds


async def tell(stack: Stack, workload: Workload, nemesis: Nemesis) -> None:
    """Print until cancelled."""
    began = time.monotonic()
    while True:
        await asyncio.sleep(EVERY)
        inbound, outbound = workload.said()
        webhooks, deliveries = await asyncio.to_thread(ending.waiting, stack.database)
        away = "the database is away" if webhooks < 0 else f"waiting {webhooks} + {deliveries}"
        print(
            f"  {time.monotonic() - began:5.0f} s  in {inbound}  out {outbound}  {away}  "
            f"faults {nemesis.done.total()}  {nemesis.doing or 'waiting for the end'}",
            flush=True,
        )

"""Looking again, every few seconds and at once on suspicion, whether the open pages still may be open."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from uuid import UUID

from apps.console.live import access
from apps.console.live.seat import Seat
from apps.conversations.live import in_database
from apps.core.sockets.frames import Close

log = logging.getLogger(__name__)

SECONDS = 3.0  # the goal is 5 (RELIABILITY 8), the look itself takes time too
TICK_SECONDS = 1.0


class Guard:
    """One set of queries for all `seats` of a tenant, however many."""

    def __init__(self, tenant_id: UUID, seats: Callable[[], Collection[Seat]]) -> None:
        self._tenant_id, self._seats = tenant_id, seats
        self._suspicion = asyncio.Event()

    def suspect(self) -> None:
        """Something about somebody's access changed: look now."""
        self._suspicion.set()

    async def run(self, tick: Callable[[], None]) -> None:
        """Look until cancelled; `tick` is called about every second."""
        looked_at = time.monotonic()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._suspicion.wait(), TICK_SECONDS)
            tick()
            if self._suspicion.is_set() or time.monotonic() - looked_at >= SECONDS - TICK_SECONDS:
                self._suspicion.clear()
                looked_at = time.monotonic()
                await self._look()

    async def _look(self) -> None:
        claims = {seat.access.claim for seat in self._seats()}
        try:
            holding = await in_database(access.check)(self._tenant_id, claims)
        except Exception as error:  # no database, no frames either: nothing can leak meanwhile
            log.warning("cannot check sockets: %s", type(error).__name__)
            return
        for seat in list(self._seats()):
            claim = seat.access.claim
            if claim in claims and claim not in holding:
                seat.close(Close.REVOKED)
            elif claim in claims and holding[claim] != seat.viewer:
                seat.resync()

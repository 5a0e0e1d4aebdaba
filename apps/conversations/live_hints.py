"""Hearing hints in a web process while somebody listens. A layer that dies and returns is joined anew.

Without a channel layer nothing is ever heard, and nothing is missed: hints are disposable (invariant I4).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from channels.layers import get_channel_layer

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0

Message = dict[str, Any]


class Hearing:
    """Calls `heard(message)` on the event loop for every hint to a group that was asked for.

    `join` and `leave` count, so two listeners may want the same group. They return at once; joining
    happens soon, and again whenever the layer has failed.
    """

    def __init__(self, heard: Callable[[Message], None]) -> None:
        self._heard = heard
        self._wanted: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._complained = False

    def join(self, group: str) -> None:
        self._wanted[group] += 1
        self._changed.set()

    def leave(self, group: str) -> None:
        self._wanted -= Counter([group])  # forgets a group that nobody wants
        self._changed.set()

    async def run(self) -> None:
        """Hear until cancelled. Returns at once when no channel layer is configured."""
        layer = get_channel_layer()
        while layer is not None:
            try:
                await self._hear(layer)
            except Exception as error:  # whatever a broken Redis raises
                self._complain(error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _hear(self, layer: Any) -> None:
        channel = await layer.new_channel("live.")
        self._complained = False
        joined: set[str] = set()
        # One lasting task: cancelling a `receive` of the pub/sub layer drops its channel.
        receiving = asyncio.ensure_future(layer.receive(channel))
        try:
            while True:
                await self._reconcile(layer, channel, joined)
                await self._either(receiving)
                if receiving.done():
                    self._heard(receiving.result())
                    receiving = asyncio.ensure_future(layer.receive(channel))
        finally:
            receiving.cancel()
            for group in joined:
                with suppress(Exception):
                    await layer.group_discard(group, channel)

    def _complain(self, error: Exception) -> None:
        """Once per outage."""
        if not self._complained:
            log.warning("not hearing hints: %s", type(error).__name__)
        self._complained = True

    async def _reconcile(self, layer: Any, channel: str, joined: set[str]) -> None:
        self._changed.clear()
        for group in set(self._wanted) - joined:
            await layer.group_add(group, channel)
            joined.add(group)
        for group in joined - set(self._wanted):
            joined.discard(group)
            await layer.group_discard(group, channel)

    async def _either(self, receiving: asyncio.Future[Any]) -> None:
        changed: asyncio.Future[Any] = asyncio.ensure_future(self._changed.wait())
        try:
            await asyncio.wait([receiving, changed], return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()

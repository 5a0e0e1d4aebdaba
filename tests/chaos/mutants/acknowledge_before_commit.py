"""Webhooks are answered at once and stored a moment later (breaks I1)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from apps.webhooks.writer import Row, Writer

LATER = 0.5  # seconds

_pending: set[asyncio.Task[None]] = set()


def install() -> None:
    store = Writer.store

    async def later(writer: Writer, rows: Sequence[Row]) -> None:
        await asyncio.sleep(LATER)
        await store(writer, rows)

    async def hasty(writer: Writer, rows: Sequence[Row]) -> list[bool]:
        task = asyncio.create_task(later(writer, rows))
        _pending.add(task)
        task.add_done_callback(_pending.discard)
        return [True] * len(rows)

    Writer.store = hasty  # type: ignore[method-assign,assignment]

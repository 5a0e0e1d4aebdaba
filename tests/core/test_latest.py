"""Until when a call may begin."""

from __future__ import annotations

import asyncio
import time

from apps.core import latest
from apps.core.latest import Deadline


def test_a_deadline_that_was_kept_moves_and_one_that_was_not_does_not() -> None:
    kept, missed = Deadline(100.0), Deadline(100.0)
    kept.extend(99.0, 20.0)
    missed.extend(101.0, 20.0)
    assert (kept.at, missed.at) == (119.0, 100.0)
    kept.extend(98.0, 1.0)
    assert kept.at == 119.0


async def test_tasks_of_the_block_have_its_deadline_and_nobody_else() -> None:
    async def asked() -> bool:
        return latest.passed()

    with latest.until(Deadline(time.monotonic() - 1)):
        inside = asyncio.create_task(asked())
    outside = asyncio.create_task(asked())
    assert (await inside, await outside, latest.passed()) == (True, False, False)

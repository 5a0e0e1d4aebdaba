"""How many webhooks one transaction takes.

The conversations that they change stay locked until it commits. Who answers in one of them meanwhile waits,
and after `lock_timeout`, three seconds, their request fails; so a slow machine takes fewer at once.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST, LEAST, MOST = 20, 10, 100
SECONDS = 0.5  # for one transaction


@dataclass(slots=True)
class Portion:
    """`rows` is how many to take next. Threads may share one: a lost step is made up for by the next."""

    rows: int = FIRST

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a transaction that handled `rows` in `seconds`; it grows by doubling."""
        if rows:
            fitting = int(rows * SECONDS / max(seconds, 1e-6))
            self.rows = max(LEAST, min(fitting, 2 * self.rows, MOST))

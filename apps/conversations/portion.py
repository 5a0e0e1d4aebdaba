"""How many webhooks one transaction takes.

The conversations that they change stay locked until it commits. Who answers in one of them meanwhile waits,
and after `lock_timeout`, three seconds, their request fails; so a slow machine takes fewer at once.
"""

from __future__ import annotations

from dataclasses import dataclass

STEPS = (12, 25, 50, 100)  # few, because the database plans what it reads once for each
SECONDS = 0.5  # for one transaction


@dataclass(slots=True)
class Portion:
    """`rows` is how many to take next. Threads may share one: a lost step is made up for by the next."""

    rows: int = STEPS[1]

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a transaction that handled `rows` in `seconds`: fewer at once, more by one step."""
        if rows:
            fitting = rows * SECONDS / max(seconds, 1e-6)
            following = STEPS[: STEPS.index(self.rows) + 2]
            allowed = [step for step in following if step <= fitting]
            self.rows = max(allowed, default=STEPS[0])

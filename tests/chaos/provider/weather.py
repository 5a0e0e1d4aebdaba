"""What becomes of a call: a seeded choice, by the weather that the nemesis has made.

`lost` and `hang` accept the message and do not answer; `throttled` accepts nothing; `slow` does both late.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

CALM = {"lost": 0.01, "hang": 0.001, "throttled": 0.002, "slow": 0.02}
SLOW = {"slow": 0.5}  # of two that were begun at once, one overtakes the other
ROUGH = {"throttled": 0.1, **SLOW}  # and what had to wait is two, in one conversation's line
CLEAR: dict[str, float] = {}


@dataclass
class Weather:
    seed: int
    odds: dict[str, float]

    def __post_init__(self) -> None:
        self._choose = random.Random(self.seed)

    def fate(self) -> str:
        """ "ok" or one of the above."""
        point = self._choose.random()
        for name, share in self.odds.items():
            point -= share
            if point < 0:
                return name
        return "ok"

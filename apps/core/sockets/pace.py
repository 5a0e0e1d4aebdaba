"""How many frames a client may send: a bucket that refills."""

from __future__ import annotations

import time
from collections.abc import Callable

RATE = 20.0  # frames a second, for ever
BURST = 60.0  # and this many at once


class Pace:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._left, self._at = now, BURST, now()

    def allows(self) -> bool:
        """Count one frame; False when the client is too fast."""
        now = self._now()
        self._left = min(BURST, self._left + (now - self._at) * RATE) - 1
        self._at = now
        return self._left >= 0

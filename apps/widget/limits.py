"""How often strangers may knock: buckets that refill, in the memory of each web process.

A flood is stopped where it arrives, without a write to the database. With N web processes a stranger has
up to N times as much, and a restart forgets: these limits protect the service, nothing that is secret.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEYS = 20_000  # buckets kept; the one used longest ago goes first


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` at once, then `rate` a second."""

    name: str
    rate: float
    burst: float


# Addresses are shared by offices and by whole mobile networks, so they get much more than a person.
SESSIONS_PER_ADDRESS = Limit("sessions", rate=0.5, burst=60)
REQUESTS_PER_ADDRESS = Limit("requests", rate=20, burst=400)
SAYINGS_PER_VISITOR = Limit("sayings", rate=0.5, burst=20)
UPLOADS_PER_VISITOR = Limit("uploads", rate=0.1, burst=12)
REQUESTS_PER_VISITOR = Limit("visitor", rate=4, burst=80)


class TooOften(Exception):
    """Come back in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"retry in {seconds} s")
        self.seconds = seconds


class Buckets:
    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._left: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, limit: Limit, key: str) -> None:
        """Count one use. Raises TooOften."""
        with self._lock:
            left = self._refilled(limit, key)
            if left < 1:
                raise TooOften(max(1, round((1 - left) / limit.rate)))
            self._left[limit.name, key] = (left - 1, self._now())
            self._left.move_to_end((limit.name, key))
            if len(self._left) > KEYS:
                self._left.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._left.clear()

    def _refilled(self, limit: Limit, key: str) -> float:
        left, at = self._left.get((limit.name, key), (limit.burst, 0.0))
        return min(limit.burst, left + (self._now() - at) * limit.rate)


buckets = Buckets()

"""What takes a minute in the product takes seconds here, so that a minute's run can contain it."""

from __future__ import annotations

import os

from apps.connections import health
from apps.conversations import deliver

BREAKER_SECONDS = 3.0


def install() -> None:
    if not (
        hasattr(deliver, "HEARTBEAT") and hasattr(deliver, "LEASE") and hasattr(health, "BREAKER_SECONDS")
    ):
        raise LookupError("the harness cannot shorten leases and pauses any more")
    deliver.LEASE = float(os.environ["CHAOS_LEASE"])
    deliver.HEARTBEAT = deliver.LEASE / 4
    health.BREAKER_SECONDS = BREAKER_SECONDS

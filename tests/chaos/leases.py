"""What takes half a minute in the product takes seconds here, so that a minute's run can contain it."""

from __future__ import annotations

import os

from apps.connections import health
from apps.conversations import deliver, settling

REALLY = 30.0  # seconds of a lease
BREAKER_SECONDS = 3.0


def install() -> None:
    """A lease, its heartbeat, the patience with a call and with an echo, all shorter by the same factor."""
    known = [(deliver, "HEARTBEAT"), (deliver, "DEADLINE"), (settling, "ECHO"), (health, "BREAKER_SECONDS")]
    if deliver.LEASE != REALLY or not all(hasattr(module, name) for module, name in known):
        raise LookupError("the harness cannot shorten leases and pauses any more")
    lease = float(os.environ["CHAOS_LEASE"])
    deliver.LEASE, deliver.HEARTBEAT = lease, lease / 4
    deliver.DEADLINE *= lease / REALLY
    settling.ECHO *= lease / REALLY
    if lease < REALLY:
        health.BREAKER_SECONDS = BREAKER_SECONDS

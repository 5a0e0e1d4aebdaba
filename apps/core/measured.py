"""What each process measures of itself, for /metrics. Never labelled by tenant: their number has no bound."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)

WAITS = Histogram(
    "comptoir_wait_seconds", "From being due to being worked on.", labelnames=["queue"], buckets=SECONDS
)
WEBHOOK_ANSWERS = Histogram(
    "comptoir_inbox_ack_seconds", "From a platform's request to our answer.", ["status"], buckets=SECONDS
)
RESYNCS = Counter("comptoir_socket_resyncs", "Pages and panels told to load everything afresh.", ["door"])


def waited(queue: str, seconds: float) -> None:
    """One row of `queue` was taken up after `seconds`; a clock that went back counts as nought."""
    WAITS.labels(queue).observe(max(seconds, 0.0))

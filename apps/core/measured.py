"""What each process measures of itself, for /metrics. Never labelled by tenant: their number has no bound."""

from __future__ import annotations

from collections import deque

from prometheus_client import Counter, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)

WAITS = Histogram(
    "comptoir_wait_seconds", "From being due to being worked on.", labelnames=["queue"], buckets=SECONDS
)
WEBHOOK_ANSWERS = Histogram(
    "comptoir_inbox_ack_seconds", "From a platform's request to our answer.", ["status"], buckets=SECONDS
)
RESYNCS = Counter("comptoir_socket_resyncs", "Pages and panels told to load everything afresh.", ["door"])


_latest: deque[float] = deque(maxlen=500)  # waits, for people; WAITS is for machines


def waited(queue: str, seconds: float) -> None:
    """One row of `queue` was taken up after `seconds`; a clock that went back counts as nought."""
    WAITS.labels(queue).observe(max(seconds, 0.0))
    _latest.append(max(seconds, 0.0))


def latest_waits() -> float | None:
    """The seconds within which 95 % of the latest rows were taken up; None before the first."""
    found = sorted(_latest.copy())
    return found[int(len(found) * 0.95)] if found else None


def resyncs() -> int:
    """Since this process started, at both doors."""
    samples = (sample for metric in RESYNCS.collect() for sample in metric.samples)
    return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))

"""Counters of this process, as /metrics tells them."""

from __future__ import annotations

from prometheus_client import REGISTRY


def resyncs(door: str) -> float:
    """How often pages or panels were told to load everything afresh; `door` is "console" or "widget"."""
    return REGISTRY.get_sample_value("comptoir_socket_resyncs_total", {"door": door}) or 0.0

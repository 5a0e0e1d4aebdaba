"""Periodic tidying that no message waits for."""

from __future__ import annotations


def sweep() -> None:
    """Nothing yet beyond the lease reaper; retention comes with its own issue."""

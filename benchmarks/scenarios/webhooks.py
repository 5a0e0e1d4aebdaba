"""Signed webhooks: from the request to the 200 that says it is durable."""

from __future__ import annotations

from benchmarks.harness.machine import Machine
from benchmarks.harness.results import Row

TITLE = "signed webhooks, durable before the 200"


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    return []

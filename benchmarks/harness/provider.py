"""The process of benchmarks.limits.provider, seen from a scenario."""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.harness.machine import Machine, free_port

PATIENCE = 150.0  # seconds


class Provider:
    def __init__(self, machine: Machine) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        command = [sys.executable, "-m", "benchmarks.limits.provider", str(port)]
        machine.start("provider", command, ready=f"{self.url}/taken")

    def reset(self, delay: float) -> None:
        """Begin anew; `delay` in seconds before each answer."""
        urlopen(Request(f"{self.url}/reset?delay={delay}", method="POST"), timeout=10).close()

    def rate_of(self, total: int, *, ordered: bool = True) -> float:
        """Messages per second when `total` have come. Raises RuntimeError when they do not, or disordered."""
        end = time.monotonic() + PATIENCE
        while (taken := self.taken())["messages"] < total:
            if time.monotonic() > end:
                raise RuntimeError(f"{taken} of {total} messages came")
            time.sleep(0.05)
        if ordered and taken["inversions"]:
            raise RuntimeError(f"out of order: {taken}")
        return float((total - 1) / taken["seconds"])

    def taken(self) -> dict[str, float]:
        found: dict[str, float] = self._read("taken")
        return found

    def arrivals(self) -> dict[str, float]:
        """The unix time of each chat's last message."""
        found: dict[str, float] = self._read("arrivals")
        return found

    def _read(self, what: str) -> Any:
        with urlopen(f"{self.url}/{what}", timeout=10) as answer:
            return json.load(answer)

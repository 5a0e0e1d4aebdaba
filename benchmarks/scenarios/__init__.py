"""Every scenario, in the order of the table. Each is a module with TITLE and
`measure(machine, *, rounds, quick) -> list[Row]`."""

from __future__ import annotations

SCENARIOS: tuple[str, ...] = (
    "webhooks",
    "receive",
    "replies",
    "fairness",
    "latency",
    "fanout",
    "sockets",
    "console",
    "growth",
    "platforms",
    "footprint",
)

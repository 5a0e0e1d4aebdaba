"""What a million messages cost in processor time, from the rates that were measured: for docs/scaling.md."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.harness.results import Row, number

MILLION = 1_000_000
CORE_HOUR = 0.02  # €, of a small rented machine
USUAL = 0.25  # of what a machine can do, so that its busiest minutes fit

# Each way by its steps, as (scenario, measure).
IN = (("webhooks", "telegram, 32 connections"), ("receive", "50 tenants, 200 customers"))
OUT = (("replies", "a provider that takes 200 ms"),)


def processor(rows: Sequence[Row], cores: int) -> str:
    """Markdown; "" while a step has not been measured. Rates are of all cores, the measuring client included,
    so that the cost is rather too high."""
    rates = {(row.scenario, row.measure): row.ours for row in rows}
    if not all(rates.get(step) for step in (*IN, *OUT)):
        return ""
    half = MILLION / 2
    seconds = sum(half / rates[step] for step in (*IN, *OUT))
    cost = number(seconds * cores / 3600 * CORE_HOUR)
    a_day = MILLION / seconds * USUAL * 86_400
    return "\n".join(
        [
            f"| on {cores} cores, the client included | messages/s | processor for a million |",
            "|---|--:|--:|",
            *(_line(": ".join(step), rates[step], cores) for step in (*IN, *OUT)),
            _line("**a million messages, half in, half out**", MILLION / seconds, cores),
            "",
            f"At {CORE_HOUR:.2f} € for the hour of a core that is {cost} € a million, once; shown to agents",
            f"not counted. A machine of {cores} cores that is busy {USUAL:.0%} of its time does",
            f"{a_day / MILLION:.0f} million such messages a day: {a_day / 1000:,.0f} businesses",
            "with 1,000 each.",
        ]
    )


def _line(what: str, rate: float, cores: int) -> str:
    return f"| {what} | {number(rate)} | {number(MILLION / rate * cores / 3600)} h |"

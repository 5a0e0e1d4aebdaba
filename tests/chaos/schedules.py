"""Runs with a purpose: one for each mutant that brings it out, and one that measures recovery."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos import recovery
from tests.chaos.provider.weather import CALM, CLEAR, ROUGH, SLOW
from tests.chaos.run import Plan

QUIET = ("webhooks repeated",)
ONE_OF_EACH = ("web", "worker1")
TWO_DOORS = ("web", "web2", "worker1")
LONGEST = 90.0  # seconds; each mutant is seen within a few, on a busy machine later

DIRECTED = Plan(seconds=LONGEST, seed=7, pause=0.5, alarm=True, crew=ONE_OF_EACH, only=QUIET, weather=CLEAR)

# mutant: what the checker must call it, and the schedule that brings it out
MUTANTS = {
    "acknowledge_before_commit": (
        "acknowledged before durable",
        replace(DIRECTED, only=("web killed",), weather=CALM),
    ),
    "check_then_insert": ("duplicate", replace(DIRECTED, crew=TWO_DOORS, together=1.0)),
    "claim_without_head_of_line": ("out of order", replace(DIRECTED, weather=ROUGH, bursts=0.7)),
    "tenant_on_the_session": ("cross-tenant", DIRECTED),
}

# What each of them meets, all at once: nothing may come of it in the product as it is.
WITHOUT_MUTANT = replace(
    DIRECTED, seconds=10, crew=(*TWO_DOORS, "beat"), together=1.0, weather=ROUGH, bursts=0.5
)


def for_recovery(plan: Plan) -> Plan:
    """With a lease as in production, and time between the faults to see what comes of each."""
    return replace(
        plan, lease=30.0, only=recovery.FAULTS, weather=SLOW, pause=8.0, spread=0.25, recovery=True
    )

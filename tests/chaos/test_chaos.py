"""A minute of chaos without an anomaly, and four faults of ours that the checker must see.

Each test is a deployment of its own: real processes, an own PostgreSQL and Redis. docs/reliability.md. A
mutant takes about a minute, because the end waits for what will never come: CHAOS_MUTANTS=1 runs them too.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from tests.chaos import report
from tests.chaos.provider.weather import CALM, CLEAR
from tests.chaos.run import Outcome, Plan, run

QUIET = ("webhooks repeated",)
SLOW = {"slow": 0.5}  # one of two that were said at once overtakes the other

# mutant: what the checker must call it, the faults and the weather that bring it out
MUTANTS = {
    "acknowledge_before_commit": ("acknowledged before durable", ("web killed",), CALM),
    "check_then_insert": ("duplicate", QUIET, CLEAR),
    "claim_without_head_of_line": ("out of order", QUIET, SLOW),
    "tenant_on_the_session": ("cross-tenant", QUIET, CLEAR),
}


def chaos(plan: Plan, folder: Path) -> Outcome:
    folder.chmod(0o711)
    folder.parent.chmod(0o711)
    return asyncio.run(run(plan, folder / "run"))


def test_a_minute_of_chaos_loses_doubles_and_turns_nothing(tmp_path: Path) -> None:
    plan = Plan(seconds=30, seed=7)
    outcome = chaos(plan, tmp_path)
    assert not outcome.anomalies, "\n".join(report.failure(outcome, plan))
    assert outcome.left == (0, 0)
    assert min(outcome.said) > 0
    assert len(outcome.faults) > 5


@pytest.mark.skipif(not os.environ.get("CHAOS_MUTANTS"), reason="a minute each: CHAOS_MUTANTS=1")
@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_checker_sees_the_mutant(mutant: str, tmp_path: Path) -> None:
    kind, faults, weather = MUTANTS[mutant]
    plan = Plan(seconds=6, seed=7, pause=0.5, mutant=mutant, only=faults, weather=weather, bursts=0.7)
    outcome = chaos(plan, tmp_path)
    assert kind in {anomaly.kind for anomaly in outcome.anomalies}

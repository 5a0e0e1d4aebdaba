"""Chaos without an anomaly, and four faults of ours that the checker must see.

Real processes, an own PostgreSQL and Redis: docs/reliability.md. Each mutant meets the schedule that brings
it out, on a copy of one prepared database, and its run is over as soon as an anomaly is certain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import report
from tests.chaos.ground import Ground
from tests.chaos.run import LEASE, Outcome, Plan, run
from tests.chaos.schedules import MUTANTS, WITHOUT_MUTANT
from tests.chaos.stack import fresh_folder


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Servers and a prepared database, for all deployments of this module."""
    folder = tmp_path_factory.mktemp("ground")
    open_for_servers(folder)
    prepared = Ground(fresh_folder(folder / "run"), lease=LEASE)
    prepared.control.submit(prepared.start).result()
    yield prepared
    prepared.control.submit(prepared.stop).result()


def open_for_servers(folder: Path) -> None:
    folder.chmod(0o711)
    folder.parent.chmod(0o711)


def chaos(plan: Plan, folder: Path, ground: Ground) -> Outcome:
    open_for_servers(folder)
    return asyncio.run(run(plan, folder / "run", ground=ground))


def test_half_a_minute_of_chaos_loses_doubles_and_turns_nothing(tmp_path: Path, ground: Ground) -> None:
    plan = Plan(seconds=25, seed=7)
    outcome = chaos(plan, tmp_path, ground)
    assert not outcome.anomalies, "\n".join(report.failure(outcome, plan))
    assert outcome.left == (0, 0)
    assert min(outcome.said) > 0
    assert len(outcome.faults) > 5


@pytest.mark.parametrize("mutant", MUTANTS)
def test_the_checker_sees_the_mutant(mutant: str, tmp_path: Path, ground: Ground) -> None:
    kind, schedule = MUTANTS[mutant]
    outcome = chaos(replace(schedule, mutant=mutant), tmp_path, ground)
    assert kind in {anomaly.kind for anomaly in outcome.anomalies}


def test_without_a_mutant_their_schedules_bring_out_nothing(tmp_path: Path, ground: Ground) -> None:
    outcome = chaos(WITHOUT_MUTANT, tmp_path, ground)
    assert not outcome.anomalies, "\n".join(report.failure(outcome, WITHOUT_MUTANT))
    assert min(outcome.said) > 0

"""One run: start everything, let people talk and the nemesis rage, wait for quiet, check the history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.chaos import ending, history
from tests.chaos.checker import Anomaly, check
from tests.chaos.nemesis import Nemesis
from tests.chaos.provider.weather import CALM
from tests.chaos.stack import Stack, fresh_folder
from tests.chaos.workload import Workload

PATIENCE = 75.0  # seconds without progress at the end: a send may hang for 25, a retry wait for longer
PAGES_SECONDS = 4.0  # until every page has been told the last event, also without hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`seconds` of faults, one every `pause` seconds on average; `only` names those to choose from, `weather`
    is the providers' at the beginning."""

    seconds: float
    seed: int
    pause: float = 1.0
    rate: float = 30.0
    customers: int = 6
    lease: float = 6.0
    bursts: float = 0.35  # of the agents' replies are followed by another at once
    mutant: str = ""
    only: Sequence[str] = ()
    weather: Mapping[str, float] = field(default_factory=lambda: dict(CALM))


@dataclass(slots=True)
class Outcome:
    folder: Path
    anomalies: list[Anomaly] = field(default_factory=list)
    said: tuple[int, int] = (0, 0)
    faults: dict[str, int] = field(default_factory=dict)
    resumed: list[float] = field(default_factory=list)
    left: tuple[int, int] = (0, 0)
    seconds: float = 0.0

    @property
    def history(self) -> Path:
        return self.folder / "history.jsonl"


async def run(plan: Plan, folder: Path) -> Outcome:
    """Everything under `folder`, which is emptied first and kept afterwards."""
    began = time.monotonic()
    stack = Stack(fresh_folder(folder), seed=plan.seed, lease=plan.lease, mutant=plan.mutant)
    outcome = Outcome(folder)
    log = history.History(outcome.history)
    try:
        await stack.start()
        await _rage(stack, plan, log, outcome)
    finally:
        await stack.stop()
    outcome.anomalies = check(history.read(outcome.history))
    outcome.seconds = time.monotonic() - began
    return outcome


async def _rage(stack: Stack, plan: Plan, log: history.History, outcome: Outcome) -> None:
    workload = Workload(stack, log, customers=plan.customers, rate=plan.rate, bursts=plan.bursts)
    nemesis = Nemesis(stack, workload, log, plan.seed, only=plan.only)
    await stack.weather(plan.weather)
    workload.start()
    enough = asyncio.Event()
    raging = asyncio.create_task(nemesis.rage(plan.pause, enough))
    await asyncio.wait({raging}, timeout=plan.seconds)
    enough.set()
    await raging
    await workload.stop()
    outcome.left = await ending.settle(stack, patience=PATIENCE)
    await asyncio.sleep(PAGES_SECONDS)
    await ending.write_down(stack, workload, log)
    await workload.end()
    outcome.said, outcome.faults = workload.said(), dict(nemesis.done)
    outcome.resumed = [seconds for page in workload.watchers for seconds in page.resumed]

"""One run: start everything, let people talk and the nemesis rage, wait for quiet, check the history."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos import alarm, ending, history, progress, recovery
from tests.chaos.checker import Anomaly, check
from tests.chaos.customers import TOGETHER
from tests.chaos.ground import Ground
from tests.chaos.nemesis import Nemesis
from tests.chaos.provider.weather import CALM
from tests.chaos.stack import CREW, Stack, fresh_folder
from tests.chaos.workload import Workload

LEASE = 6.0  # seconds, in place of 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`seconds` of faults, one every `pause` seconds on average, give or take `spread` of it; `only` names
    those to choose from, `weather` is the providers' at the beginning, `together` the share of webhooks that
    come twice at once. With `alarm` the run is over as soon as an anomaly is certain; with `recovery` delays
    are anomalies, too; with `progress` it says how it stands.
    """

    seconds: float
    seed: int
    pause: float = 1.0
    rate: float = 30.0
    customers: int = 6
    lease: float = LEASE
    bursts: float = 0.35  # of the agents' replies are followed by another at once
    together: float = TOGETHER
    mutant: str = ""
    alarm: bool = False
    recovery: bool = False
    progress: bool = False
    spread: float = 0.8
    crew: Sequence[str] = CREW
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


async def run(plan: Plan, folder: Path, *, ground: Ground | None = None) -> Outcome:
    """Everything under `folder`, which is emptied first and kept; the servers of `ground` go on."""
    began = time.monotonic()
    folder = fresh_folder(folder)
    stack = Stack(folder, seed=plan.seed, lease=plan.lease, mutant=plan.mutant, crew=plan.crew, ground=ground)
    outcome = Outcome(folder)
    log = history.History(outcome.history)
    try:
        await stack.start()
        await _rage(stack, plan, log, outcome)
    finally:
        await stack.stop()
    events = list(history.read(outcome.history))
    outcome.anomalies = outcome.anomalies or check(events)
    outcome.resumed = [event["seconds"] for event in events if event["what"] == "live"]
    if plan.recovery:
        outcome.anomalies += recovery.check(events)
    outcome.seconds = time.monotonic() - began
    return outcome


async def _rage(stack: Stack, plan: Plan, log: history.History, outcome: Outcome) -> None:
    workload = Workload(
        stack, log, customers=plan.customers, rate=plan.rate, bursts=plan.bursts, together=plan.together
    )
    nemesis = Nemesis(stack, workload, log, plan.seed, only=plan.only)
    await stack.weather(plan.weather)
    workload.start()
    raging = asyncio.create_task(nemesis.rage(plan.pause, plan.seconds, spread=plan.spread))
    telling = asyncio.create_task(progress.tell(stack, workload, nemesis)) if plan.progress else None
    outcome.anomalies = await _alarm(stack, raging) if plan.alarm else []
    if outcome.anomalies:
        await _cancel(raging)
        await workload.drop()
    else:
        await _over(raging, log)
        await _end(stack, workload, log, outcome)
    if telling is not None:
        await _cancel(telling)
    outcome.said, outcome.faults = workload.said(), dict(nemesis.done)


async def _alarm(stack: Stack, raging: asyncio.Task[None]) -> list[Anomaly]:
    """What rang before the rage was over."""
    ringing = asyncio.create_task(alarm.ring(stack))
    await asyncio.wait({raging, ringing}, return_when=asyncio.FIRST_COMPLETED)
    if ringing.done():
        return ringing.result()
    await _cancel(ringing)
    return []


async def _over(raging: asyncio.Task[None], log: history.History) -> None:
    """A fault that cannot be healed is an anomaly; what happened until then is looked at all the same."""
    try:
        await raging
    except Exception as error:
        log.note("stuck", words=f"the nemesis could not go on: {error!r}"[:500])


async def _cancel(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _end(stack: Stack, workload: Workload, log: history.History, outcome: Outcome) -> None:
    await workload.stop()
    outcome.left = await ending.settle(stack, workload)
    await ending.write_down(stack, workload, log)
    await workload.end()

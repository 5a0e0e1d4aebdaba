"""`bin/chaos --sigterm 20`: web and worker stopped by SIGTERM under load, as `bin/up` puts others in
their place (SIGUSR1).

No request may fail, nothing may be delivered twice, and open pages are live again within 5 s.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tests.chaos import ending, history
from tests.chaos.agents import QUOTA
from tests.chaos.checker import Anomaly, check
from tests.chaos.run import Outcome
from tests.chaos.stack import Stack, fresh_folder
from tests.chaos.workload import Workload

RESUMED_SECONDS = 5.0
BETWEEN = 2.0  # seconds of load after each
TARGETS = ("apps.core.running.web", "config.worker")
SLOWEST = 120.0  # seconds for one replacement
LEASE = 30.0  # as in production: bin/up starts the product without the harness


class UpStack(Stack):
    """The deployment with `bin/up` instead of our own starting; servers and provider as always."""

    async def begin_all(self) -> None:
        for listening in self.listening.values():
            listening.close()
        await self.block(self._begin, "up", [sys.executable, "-m", "apps.core.running.up"])

    def pid(self, module: str) -> int | None:
        """Of the child of bin/up that runs `module` now."""
        for child in _children(self.processes["up"].pid):
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if module.encode() in words[:4] and b"apps.core.running.listening" not in words:
                return child
        return None


async def run(times: int, seed: int, folder: Path, *, rate: float) -> Outcome:
    """`times` SIGTERMs to web and worker each, by `bin/up`."""
    stack = UpStack(fresh_folder(folder), seed=seed, lease=LEASE)
    outcome = Outcome(folder)
    log = history.History(outcome.history)
    began = time.monotonic()
    try:
        await stack.start()
        workload = Workload(stack, log, customers=4, rate=rate, bursts=0.35)
        workload.start()
        await asyncio.sleep(BETWEEN)
        for _ in range(times):
            await _terminate(stack, log)
            await asyncio.sleep(BETWEEN)
        await workload.stop()
        outcome.left = await ending.settle(stack, workload)
        await ending.write_down(stack, workload, log)
        await workload.end()
    finally:
        await stack.stop()
    outcome.said = workload.said()
    events = list(history.read(outcome.history))
    outcome.resumed = [event["seconds"] for event in events if event["what"] == "live"]
    outcome.anomalies = sorted([*check(events), *_failed(events), *_late(outcome.resumed)])
    outcome.faults = {"SIGTERM": times}
    outcome.seconds = time.monotonic() - began
    return outcome


def told(outcome: Outcome) -> list[str]:
    inbound, outbound = outcome.said
    resumed = sorted(outcome.resumed) or [0.0]
    waits = f"median {median(resumed):.1f} s, slowest {resumed[-1]:.1f} s"
    return [
        f"web and worker replaced {outcome.faults['SIGTERM']} times in {outcome.seconds:.0f} s under load: "
        f"{inbound} messages from customers, {outbound} to customers",
        f"  {len(outcome.resumed)} times a page was live again: {waits}",
    ]


async def _terminate(stack: UpStack, log: history.History) -> None:
    """Ask bin/up for others in the place of web and worker; return when both old ones have ended."""
    before, began = [stack.pid(module) for module in TARGETS], time.time()
    stack.signal("up", signal.SIGUSR1)
    while any(pid is None or _runs(pid) for pid in before):
        if stack.processes["up"].poll() is not None or time.time() - began > SLOWEST:
            raise RuntimeError(f"bin/up does not replace {before}:\n{stack.log('up')[-2000:]}")
        await asyncio.sleep(0.1)
    log.note("fault", name="web and worker replaced", group="sigterm", began=began, ended=time.time())


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def _failed(events: list[history.Event]) -> Iterator[Anomaly]:
    """Every request is answered, and well; a limit or a quota that was reached is an answer."""
    for event in events:
        if event["what"] not in ("inbound", "reply") or event["phase"] not in ("fail", "info"):
            continue
        if event.get("status") != 429 and event.get("rule") != QUOTA:
            words = f"{event['what']} #{event['number']}: {event.get('status')}"
            yield Anomaly("request failed", event["conversation"], words)


def _late(resumed: list[float]) -> Iterator[Anomaly]:
    for seconds in resumed:
        if seconds > RESUMED_SECONDS:
            yield Anomaly("page late", "", f"live again after {seconds:.1f} s")


def _children(parent: int) -> list[int]:
    threads = Path(f"/proc/{parent}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]

"""`bin/chaos --seconds 60 --seed 7`: see docs/reliability.md."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.chaos import report, sigterm
from tests.chaos.run import LEASE, Plan, run
from tests.chaos.schedules import MUTANTS, for_recovery
from tests.chaos.stack import WORKERS


def main(arguments: list[str]) -> int:
    """0 when nothing happened that must not."""
    given = vars(_parser().parse_args(arguments))
    folder = given.pop("folder") or Path(tempfile.mkdtemp(prefix="comptoir-chaos-"))
    times = given.pop("sigterm")
    webs = ("web", *(f"web{number}" for number in range(2, given.pop("webs") + 1)))
    plan = Plan(**given, crew=(*webs, *WORKERS, "beat"), progress=True)
    if plan.mutant:
        plan = replace(MUTANTS[plan.mutant][1], seed=plan.seed, mutant=plan.mutant, progress=True)
    elif plan.recovery:
        plan = for_recovery(plan)
    print(f"seed {plan.seed}, everything under {folder}", flush=True)
    if times:
        outcome = asyncio.run(sigterm.run(times, plan.seed, folder, rate=plan.rate))
        lines = sigterm.told(outcome)
    else:
        outcome = asyncio.run(run(plan, folder))
        facts = report.verdict(outcome, plan)
        report.write(facts, outcome)
        lines = report.table(facts)
    lines += report.failure(outcome, plan) if outcome.anomalies else []
    print("\n".join(lines), flush=True)
    return 1 if outcome.anomalies else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/chaos", description="Break everything, lose nothing.")
    parser.add_argument("--seconds", type=float, default=60, help="how long to break things (60)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what to repeat")
    parser.add_argument("--rate", type=float, default=30, help="messages a second (30)")
    parser.add_argument("--customers", type=int, default=6, help="per account (6)")
    parser.add_argument("--pause", type=float, default=1, help="seconds between faults (1)")
    parser.add_argument("--webs", type=int, default=1, help="web processes, each with its own address (1)")
    parser.add_argument("--lease", type=float, default=LEASE, help="seconds of a send's lease (6; really 30)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="FAULT", help="no other fault than this"
    )
    parser.add_argument(
        "--recovery", action="store_true", help="only kills and an absent Redis, and how soon work goes on"
    )
    parser.add_argument(
        "--mutant", default="", choices=sorted(MUTANTS), help="one of our own faults: must be seen"
    )
    parser.add_argument("--sigterm", type=int, default=0, metavar="TIMES", help="only that, through bin/up")
    parser.add_argument("--folder", type=Path, help="where everything is kept (a temporary one)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

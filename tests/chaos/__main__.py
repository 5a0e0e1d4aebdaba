"""`bin/chaos --seconds 60 --seed 7`: see docs/reliability.md."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos import report, sigterm
from tests.chaos.run import Plan, run


def main(arguments: list[str]) -> int:
    """0 when nothing happened that must not."""
    parser = argparse.ArgumentParser(prog="bin/chaos", description="Break everything, lose nothing.")
    parser.add_argument("--seconds", type=float, default=60, help="how long to break things (60)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="what to repeat")
    parser.add_argument("--rate", type=float, default=30, help="messages a second (30)")
    parser.add_argument("--customers", type=int, default=6, help="per account (6)")
    parser.add_argument("--pause", type=float, default=1, help="seconds between faults (1)")
    parser.add_argument("--lease", type=float, default=6, help="seconds of a send's lease (6; really 30)")
    parser.add_argument(
        "--only", action="append", default=[], metavar="FAULT", help="no other fault than this"
    )
    parser.add_argument("--mutant", default="", help="a fault of our own, from tests/chaos/mutants")
    parser.add_argument("--sigterm", type=int, default=0, metavar="TIMES", help="only that, through bin/up")
    parser.add_argument("--folder", type=Path, help="where everything is kept (a temporary one)")
    given = vars(parser.parse_args(arguments))
    folder = given.pop("folder") or Path(tempfile.mkdtemp(prefix="comptoir-chaos-"))
    times = given.pop("sigterm")
    plan = Plan(**given)
    print(f"seed {plan.seed}, everything under {folder}", flush=True)
    if times:
        outcome = asyncio.run(sigterm.run(times, plan.seed, folder, rate=plan.rate))
        lines = sigterm.told(outcome)
    else:
        outcome = asyncio.run(run(plan, folder))
        lines = report.summary(outcome, plan)
    lines += report.failure(outcome, plan) if outcome.anomalies else ["nothing happened that must not"]
    print("\n".join(lines), flush=True)
    return 1 if outcome.anomalies else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

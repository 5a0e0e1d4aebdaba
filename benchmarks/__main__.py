"""`bin/bench [--only NAME …] [--rounds 3] [--quick]`: measure, print one table, write what docs show."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from benchmarks.harness import arithmetic, chart, results
from benchmarks.harness.machine import Machine
from benchmarks.harness.results import ROOT, Row
from benchmarks.scenarios import SCENARIOS


def main(arguments: list[str]) -> int:
    """0 when every goal that was measured is reached, 1 otherwise."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    rows = _measure(asked.only or list(SCENARIOS), asked.rounds, asked.quick, Path(asked.folder))
    print(results.table(rows))
    return 1 if any(row.reached is False for row in rows) else 0


def _measure(names: list[str], rounds: int, quick: bool, folder: Path) -> list[Row]:
    """Unless `quick`, what a scenario found is kept as soon as it ends: the next one may fail."""
    rows: list[Row] = []
    with Machine(folder) as machine:
        for name in names:
            began = time.monotonic()
            scenario = importlib.import_module(f"benchmarks.scenarios.{name}")
            print(f"{name}: {scenario.TITLE}", file=sys.stderr, flush=True)
            machine.fresh()
            found = scenario.measure(machine, rounds=rounds, quick=quick)
            rows += found
            if not quick:
                _keep(found)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


def _keep(found: list[Row]) -> None:
    kept = results.merged(results.read(), found, SCENARIOS)
    results.write(kept)
    results.document(results.table(kept))
    results.document(arithmetic.processor(kept, results.cores()), results.SCALING)
    chart.write(kept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SCENARIOS, metavar="NAME", help=", ".join(SCENARIOS))
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many (3)")
    parser.add_argument("--quick", action="store_true", help="small sizes; writes no results")
    folder = os.environ.get("BENCH_DIR", str(ROOT / ".run" / "bench"))
    parser.add_argument("--folder", default=folder, help="where the servers keep their data")
    return parser


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)  # unwinds, so that everything started is stopped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Memory of all processes when nothing happens, and how long a second start takes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from pathlib import Path

from benchmarks.harness.machine import ROOT, Machine, free_port
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved

TITLE = "memory of all processes idle; the second start of bin/up"
PROCESSES = ("web", "worker", "beat", "postgres", "redis")
OURS = ("web", "worker", "beat")
MEMORY_GOAL, START_GOAL = 350, 10  # MB, seconds
START_SECONDS = 180


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    rows = [_memory(machine, settle=2 if quick else 15)]
    machine.stop_all()
    if not quick:
        rows.append(_second_start(machine.folder / "up", rounds))
    return rows


def _memory(machine: Machine, *, settle: float) -> Row:
    """After the first requests and beats, as a deployment is after its first minute."""
    for name in OURS:
        machine.start(name)
    time.sleep(settle)
    sizes = {name: machine.pss(name) / 1e6 for name in PROCESSES}
    total = sum(sizes.values())
    note = ", ".join(f"{name} {size:.0f}" for name, size in sizes.items())
    goal, reached = f"≤ {MEMORY_GOAL}", total <= MEMORY_GOAL
    return Row("footprint", "all processes, idle", "MB PSS", total, goal=goal, reached=reached, note=note)


def _second_start(folder: Path, rounds: int) -> Row:
    _start(folder)
    seconds = interleaved({"ours": lambda: _start(folder)}, rounds)["ours"]
    goal, reached = f"≤ {START_GOAL}", seconds <= START_GOAL
    return Row("footprint", "bin/up, second start", "s", seconds, goal=goal, reached=reached)


def _start(folder: Path) -> float:
    """From the command to "ready", then stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "RUN_DIR": str(folder), "PORT": str(free_port())}
    began = time.monotonic()
    up = subprocess.Popen(
        [str(ROOT / "bin" / "up")],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return _ready(up, began)
    finally:
        up.send_signal(signal.SIGTERM)
        up.communicate(timeout=START_SECONDS)


def _ready(up: subprocess.Popen[str], began: float) -> float:
    assert up.stdout is not None
    for line in up.stdout:
        if re.search("is ready", line):
            return time.monotonic() - began
    raise RuntimeError("bin/up ended before it was ready")

"""What Linux says about a process and its descendants (proc(5))."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """User and system time of the process tree, ended children that were waited for included."""
    return sum(_ticks(member) for member in tree(pid)) / TICKS


def pss(pid: int) -> int:
    """Proportional set size of the process tree, in bytes."""
    return sum(_pss(member) for member in tree(pid))


def tree(pid: int) -> list[int]:
    """The process and its descendants that live now."""
    members = [pid]
    for member in members:
        members += _children(member)
    return members


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in _glob(PROC / str(pid) / "task"):
        found += [int(child) for child in _read(thread / "children").split()]
    return found


def _glob(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _ticks(pid: int) -> int:
    fields = _read(PROC / str(pid) / "stat").rpartition(") ")[2].split()
    return sum(int(field) for field in fields[11:15])  # utime, stime, cutime, cstime


def _pss(pid: int) -> int:
    for line in _read(PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    """Nothing of a process that has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""

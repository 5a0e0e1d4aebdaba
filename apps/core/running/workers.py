"""How many processes share a test run: pytest-xdist's options for the arguments that were given."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

MOST = 8  # each has its database connections, and the server takes 200
MEMORY_EACH = 1_500_000_000  # pytest, the three processes of a story, a browser
# A file's tests stay together, for what they share; tests/conftest.py puts the longest files first.
HOW = ("--dist", "loadfile", "--no-loadscope-reorder")
# Options of somebody who wants to see one process, or who says how many there shall be.
DECIDES = re.compile(
    r"-[vql]*[nxshV]|--(numprocesses|dist|exitfirst|maxfail|pdb|trace|capture|stepwise|sw|collect-only|co"
    r"|help|version|fixtures|markers)\b"
)


def side_by_side(arguments: Sequence[str], *, cores: int, memory: int) -> list[str]:
    """Options that go before pytest's `arguments`: one worker more than `cores`, as `memory` (bytes) allows.

    None when the arguments decide it (`-n`, `--dist`), ask for one process (`--pdb`, `-x`, `-s`, …) or name
    tests of a single file.
    """
    if any(DECIDES.match(argument) for argument in arguments):
        return []
    paths = set(_paths(arguments))
    enough = len(paths) if paths and all(path.endswith(".py") for path in paths) else MOST
    workers = min(cores + 1, memory // MEMORY_EACH, MOST, enough)
    return ["-n", str(workers), *HOW] if workers > 1 else []


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory() -> int:
    """The machine's, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _paths(arguments: Sequence[str]) -> Iterator[str]:
    """Files and folders, without the tests inside; what follows an option is its value (`--ignore x.py`)."""
    for option, argument in pairwise(["", *arguments]):
        if not argument.startswith("-") and not re.fullmatch(r"--[^=]+|-[kmcrpoW]", option):
            yield argument.partition("::")[0]

"""Into how many processes a test run is divided, for what was typed after `bin/test`."""

from __future__ import annotations

import pytest

from apps.core.running.workers import HOW, cores, memory, side_by_side

GB = 10**9
FILE = "tests/core/test_look.py"


@pytest.mark.parametrize(
    ("typed", "workers"),
    [
        ("", 5),
        ("tests/core", 5),
        ("tests/core -k lease", 5),
        ("-m advisory", 5),
        ("-q -rR --durations 60", 5),
        ("-rx", 5),
        (f"--ignore {FILE}", 5),
        (f"tests/api {FILE}", 5),
        (f"{FILE} tests/core/test_rows.py", 2),
        (FILE, 0),
        (f"{FILE}::test_a[x/y] {FILE}::test_b -q", 0),
        (f"{FILE} -k lease", 0),
        ("-n 2", 0),
        ("-n0", 0),
        ("--dist=load", 0),
        ("-x", 0),
        ("-vx tests", 0),
        ("--maxfail=2", 0),
        ("--pdb", 0),
        ("-s", 0),
        ("--co -q", 0),
    ],
)
def test_who_says_nothing_gets_every_core(typed: str, workers: int) -> None:
    expected = ["-n", str(workers), *HOW] if workers else []
    assert side_by_side(typed.split(), cores=4, memory=64 * GB) == expected


@pytest.mark.parametrize(
    ("given", "workers"), [((2, 24), 3), ((16, 64), 8), ((8, 6), 4), ((2, 2), 0), ((1, 8), 2)]
)
def test_memory_and_connections_are_limits_too(given: tuple[int, int], workers: int) -> None:
    found = side_by_side([], cores=given[0], memory=given[1] * GB)
    assert found[1:2] == ([str(workers)] if workers else [])


def test_a_machine_has_a_core_and_memory() -> None:
    assert cores() >= 1
    assert memory() > GB / 4

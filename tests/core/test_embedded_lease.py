"""Servers shared by programs that come and go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
USE = """
import sys
from dataclasses import asdict
from json import dumps
from pathlib import Path
from apps.core.embedded import ensure
print(dumps(asdict(ensure(Path(sys.argv[1])))), flush=True)
sys.stdin.read()
"""


class User:
    """A program that uses the servers until told to end."""

    def __init__(self, run_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(run_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def servers(self) -> dict[str, str]:
        assert self.process.stdout is not None
        servers: dict[str, str] = json.loads(self.process.stdout.readline())
        return servers

    def end(self) -> None:
        self.process.communicate("")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def keepers(run_dir: Path) -> list[int]:
    """Every process that has `run_dir` in its arguments, other than its users."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            arguments = _arguments(entry)
            if str(run_dir) in arguments and "-c\0" not in arguments:
                found.append(int(entry.name))
    return found


def _arguments(process: Path) -> str:
    try:
        return (process / "cmdline").read_text()
    except OSError:
        return ""


def within(seconds: float, is_true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.05)
    return False


def test_users_share_one_pair_until_the_last_one_ends(run_dir: Path) -> None:
    alice, bob = User(run_dir), User(run_dir)  # both find nothing running
    shared = alice.servers()
    assert bob.servers() == shared
    alice.end()
    time.sleep(1)
    with psycopg.connect(shared["database_url"]) as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    bob.end()
    assert within(10, lambda: keepers(run_dir) == [])


def test_a_killed_user_counts_as_ended(run_dir: Path) -> None:
    alice = User(run_dir)
    alice.servers()
    assert keepers(run_dir) != []
    alice.kill()
    assert within(10, lambda: keepers(run_dir) == [])


def test_who_comes_while_the_servers_stop_gets_new_ones(run_dir: Path) -> None:
    for _ in range(3):
        alice = User(run_dir)
        url = alice.servers()["database_url"]
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchall() == [(1,)]
        alice.end()
    assert within(10, lambda: keepers(run_dir) == [])


def test_a_killed_keeper_takes_its_servers_along(run_dir: Path) -> None:
    alice = User(run_dir)
    alice.servers()
    keeper = next(number for number in keepers(run_dir) if "keeper" in _arguments(Path(f"/proc/{number}")))
    os.kill(keeper, 9)
    assert within(10, lambda: keepers(run_dir) == [])
    alice.end()

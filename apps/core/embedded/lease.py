"""Servers shared by several programs: they run as long as one of them lives, and not a second longer.

Each user holds a shared lock on `run_dir`/lease; the kernel gives it back however the user ends. A keeper
process holds the servers and tries for the exclusive lock: when it gets it, nobody is left.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from apps.core.embedded.account import EmbeddedError
from apps.core.embedded.log import last_lines, open_log

START_SECONDS = 120.0

_held: dict[Path, int] = {}


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the two servers are reached."""

    database_url: str
    redis_url: str


def ensure(run_dir: Path) -> Servers:
    """Both servers under `run_dir`, started when they do not run, kept until this process ends.

    Idempotent, and safe from several processes at once. A running pair costs about a millisecond, a start
    about a second, the first one about four. Raises EmbeddedError with the reason.
    """
    run_dir = run_dir.resolve()
    run_dir.mkdir(parents=True, exist_ok=True)
    if run_dir not in _held:
        _held[run_dir] = lock_file(run_dir / "lease", fcntl.LOCK_SH)
    with _locked(run_dir / "start.lock"):
        _wait_for_ending_keeper(run_dir)
        if not _keeper_lives(run_dir):
            _start_keeper(run_dir)
        return read_servers(run_dir)


def lock_file(path: Path, how: int) -> int:
    """Open and lock; the lock lasts until the descriptor is closed. Children do not inherit it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = lock_file(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def _keeper_lives(run_dir: Path) -> bool:
    try:
        os.close(lock_file(run_dir / "keeper.lock", fcntl.LOCK_SH | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _wait_for_ending_keeper(run_dir: Path) -> None:
    """A keeper without its file is stopping its servers (they start under the lock that we hold)."""
    deadline = time.monotonic() + START_SECONDS
    while _keeper_lives(run_dir) and not (run_dir / "servers.json").exists():
        if time.monotonic() > deadline:
            raise EmbeddedError("The embedded servers of an earlier run do not stop.")
        time.sleep(0.02)


def _start_keeper(run_dir: Path) -> None:
    (run_dir / "servers.json").unlink(missing_ok=True)
    log = run_dir / "log" / "keeper.log"
    with open_log(log) as output:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "apps.core.embedded.keeper", str(run_dir)],
            cwd=Path(__file__).resolve().parents[3],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not (run_dir / "servers.json").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedError(f"The embedded servers do not start.\n{last_lines(log)}")
        time.sleep(0.02)


def read_servers(run_dir: Path) -> Servers:
    """What the keeper wrote."""
    return Servers(**json.loads((run_dir / "servers.json").read_text()))


def write_servers(run_dir: Path, servers: Servers) -> None:
    """Whole or not at all, readable by us only: the Redis URL carries a password."""
    part = run_dir / "servers.json.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(asdict(servers), file)
    part.rename(run_dir / "servers.json")

"""The process that holds shared servers: `python -m apps.core.embedded.keeper RUN_DIR` (see lease.py)."""

from __future__ import annotations

import fcntl
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from apps.core.embedded.account import EmbeddedError
from apps.core.embedded.lease import Servers, lock_file, write_servers
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.redis import Redis

LOOK_SECONDS = 0.3


class Ended(Exception):
    """Somebody asked us to end."""


def main(run_dir: Path) -> int:
    """Hold the servers until nobody uses them, one of them dies, or SIGTERM. 0 unless something failed."""
    lock_file(run_dir / "keeper.lock", fcntl.LOCK_EX)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    postgres, redis = Postgres(run_dir), Redis(run_dir)
    try:
        redis.start()
        postgres.start()
        write_servers(run_dir, Servers(postgres.url, redis.url))
        return _hold(run_dir, (postgres, redis))
    except Ended:
        return 0
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        (run_dir / "servers.json").unlink(missing_ok=True)
        redis.stop()
        postgres.stop()


def _end(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    raise Ended


def _hold(run_dir: Path, servers: tuple[Postgres | Redis, ...]) -> int:
    while True:
        for server in servers:
            if server.process is None or server.process.poll() is not None:
                print(f"{server.name} ended by itself", file=sys.stderr)
                return 1
        if _nobody_left(run_dir):
            return 0
        time.sleep(LOOK_SECONDS)


def _nobody_left(run_dir: Path) -> bool:
    try:
        lock_file(run_dir / "lease", fcntl.LOCK_EX | fcntl.LOCK_NB)  # kept: who comes now waits for our end
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""The machine that a scenario runs on: embedded PostgreSQL and Redis, a migrated database, processes."""

from __future__ import annotations

import base64
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import django
from django.db import connections

from apps.core.embedded import Postgres, Redis, children
from apps.core.running.processes import read_procfile
from apps.core.running.template import copy_template, on
from benchmarks.harness import proc

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "bench"
READY_SECONDS = 60.0
STOP_SECONDS = 30.0
GONE_ON_EXIT = signal.SIGKILL


class Machine:
    """`with Machine(folder) as machine`: servers up, environment set, Django ready, database fresh."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.port = free_port()
        self.postgres, self.redis = Postgres(self.folder), Redis(self.folder)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def base_url(self) -> str:
        """Where the process "web" listens."""
        return f"http://localhost:{self.port}"

    @property
    def database_url(self) -> str:
        return on(self.postgres.url, DATABASE)

    @property
    def redis_url(self) -> str:
        return self.redis.url

    def __enter__(self) -> Machine:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "static").mkdir(exist_ok=True)
        self.postgres.start()
        self.redis.start()
        os.environ.update(self.environment())
        copy_template(self.postgres.url, DATABASE)
        django.setup()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()
        connections.close_all()
        self.redis.stop()
        self.postgres.stop()

    def environment(self) -> dict[str, str]:
        """What the product's processes read; a deployment's, but for the keys."""
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            "RUN_DIR": str(self.folder),
            "DATABASE_URL": self.database_url,
            "DATABASE_ROLE": "comptoir_app",
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "CREDENTIAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "PORT": str(self.port),
            "BASE_URL": self.base_url,
            "EGRESS_ALLOW": "127.0.0.1,localhost",
            "SANDBOX": "true",
            "PLAIN_STATIC": "true",
            "LOG_LEVEL": "WARNING",
            "PYTHONWARNINGS": "ignore",
        }

    def fresh(self) -> None:
        """Every process stopped, the servers started anew, because memory and caches keep what was asked of
        them before; the database as after the migrations, Redis empty."""
        self.stop_all()
        connections.close_all()
        for server in (self.postgres, self.redis):
            server.stop()
            server.start()
        copy_template(self.postgres.url, DATABASE)
        self.flush_redis()

    def flush_redis(self) -> None:
        import redis

        with redis.Redis.from_url(self.redis_url) as client:
            client.flushall()

    def start(
        self,
        name: str,
        command: str | Sequence[str] = "",
        *,
        env: Mapping[str, str] | None = None,
        ready: str | Callable[[], bool] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start `command`, or the Procfile's of that name, and wait until it is ready.

        `ready` is a URL that answers below 500, or a function; for "web" and "worker" it is known.
        The output goes to <folder>/log/<name>.log. Raises RuntimeError with its end.
        """
        given = command or read_procfile(ROOT / "Procfile")[name]
        words = ["/bin/sh", "-c", f"exec {given}"] if isinstance(given, str) else list(given)
        path = self.log(name)
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as log:
            child = children.Child(
                command=words,
                on_parent_death=GONE_ON_EXIT,
                output=log,
                folder=ROOT,
                environment={**os.environ, **(env or {})},
            )
            self.processes[name] = children.start(child)
        self._wait(name, ready if ready is not None else self._usual(name))
        return self.processes[name]

    def log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop one process and wait for it. Nothing when it does not run."""
        if name in self.processes:
            children.stop(self.processes.pop(name), how, grace=STOP_SECONDS)

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name, signal.SIGKILL)

    def cpu_seconds(self, name: str) -> float:
        """User and system time so far, of a process by name, of "postgres" or "redis"."""
        return proc.cpu_seconds(self._pid(name))

    def pss(self, name: str) -> int:
        """Proportional set size in bytes, of the same names."""
        return proc.pss(self._pid(name))

    def program(self, name: str, *arguments: str, database: str = DATABASE) -> str:
        """The output of a PostgreSQL program (psql, pgbench) on a database, as its login user."""
        host = ["-h", str(self.postgres.sockets), "-U", "comptoir"]
        command = [str(self.postgres.programs / name), *host, *arguments, database]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def _pid(self, name: str) -> int:
        servers = {"postgres": self.postgres.process, "redis": self.redis.process}
        process = servers.get(name) or self.processes[name]
        return process.pid

    def _usual(self, name: str) -> str | Callable[[], bool] | None:
        known: dict[str, str | Callable[[], bool]] = {
            "web": f"{self.base_url}/livez",
            "worker": _worker_answers,
        }
        return known.get(name)

    def _wait(self, name: str, ready: str | Callable[[], bool] | None) -> None:
        end = time.monotonic() + READY_SECONDS
        while ready is not None and not (answers(ready) if isinstance(ready, str) else ready()):
            if self.processes[name].poll() is not None or time.monotonic() > end:
                words = self.log(name).read_text(errors="replace")[-3000:]
                raise RuntimeError(f"{shlex.quote(name)} does not start:\n{words}")
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """Whether a server answers there, whatever it thinks of the address."""
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def _worker_answers() -> bool:
    """Over a connection of its own: those that are kept may be to the Redis of the scenario before."""
    from config.celery import app

    with app.connection_for_write() as connection:
        return bool(app.control.ping(timeout=0.5, connection=connection))

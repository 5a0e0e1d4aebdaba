"""The real processes against the test's database: daphne, a Celery worker and beat, started and stopped.

Nothing is patched and nothing is shared with the test but the database, Redis and the files. Beat is a
process of its own, as in the Procfile: inside the worker it is a child that a killed worker leaves behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from apps.core.embedded import children

ROOT = Path(__file__).resolve().parents[1]
READY_SECONDS = 60.0


@dataclass(slots=True)
class Service:
    """`start` and `stop` by name: "web", "worker", "beat". Logs are kept for a failing test."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return os.environ["BASE_URL"]

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            child = children.Child(
                command=COMMANDS[name](self),
                on_parent_death=signal.SIGKILL,
                output=log,
                folder=ROOT,
                environment={**os.environ, **self.environment, "LOG_LEVEL": "INFO"},
            )
            self.processes[name] = children.start(child)
        if name == "web":
            self._wait_ready()

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        children.stop(self.processes.pop(name), how, grace=30)

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.stop(name, signal.SIGKILL)

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _wait_ready(self) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            try:
                with urlopen(f"{self.url}/livez", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"the web process did not start:\n{self.log('web')[-3000:]}")


def _web(service: Service) -> list[str]:
    port = os.environ["PORT"]
    limits = ["--websocket-max-message-size", "65536", "--websocket-max-frame-size", "65536"]
    return [
        sys.executable,
        "-m",
        "apps.core.running.web",
        "--verbosity",
        "0",
        "-b",
        "127.0.0.1",
        "-p",
        port,
        *limits,
        "config.asgi:application",
    ]


def _worker(service: Service) -> list[str]:
    return [sys.executable, "-m", "config.worker"]


def _beat(service: Service) -> list[str]:
    return [sys.executable, "-m", "config.beat"]


COMMANDS = {"web": _web, "worker": _worker, "beat": _beat}

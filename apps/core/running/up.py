"""`bin/up`: from a checkout to a running Comptoir, and back to nothing."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import sys
import time
import urllib.request
from pathlib import Path
from types import FrameType

from apps.core.embedded.account import EmbeddedError
from apps.core.embedded.lease import lock_file
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.redis import Redis
from apps.core.running.environment import compose, publish
from apps.core.running.output import bold, say
from apps.core.running.processes import LOOK_SECONDS, Failed, Processes, read_procfile

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ".venv/bin/python"
READY_SECONDS = 90.0
REPLACED = ("worker", "web")  # beat must run once; pages come back when the worker is no longer starting
BACKLOG = 1024  # connections that wait while the web process restarts
STEADY_SECONDS = 10.0  # a server that ends sooner would only end again
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Ctrl-C or SIGTERM."""


def main() -> int:
    """Run until stopped (0) or until something fails (1)."""
    environment = compose(ROOT, os.environ)
    up = Up(environment)
    for number in STOPPING:
        signal.signal(number, _stop)
    signal.signal(signal.SIGUSR1, up.ask_to_replace)
    try:
        up.run()
    except Stopped:
        say("\nStopping")
        return 0
    except (Failed, EmbeddedError) as error:
        say(f"\n{bold('Comptoir cannot run.')} {error}")
        return 1
    finally:
        _let_finish()
        up.stop()
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    _let_finish()
    raise Stopped


def _let_finish() -> None:
    """Stopping is not interrupted by impatience; a kill still leaves nothing behind."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


class Up:
    """One run: the servers and the processes that it started, and only those."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.began = time.monotonic()
        self.environment = environment
        self.run_dir = Path(environment["RUN_DIR"])
        self.servers: list[Postgres | Redis] = []
        self.redis_since = self.began
        self.replacing = False
        self.processes = Processes(ROOT, environment)

    def run(self) -> None:
        """Returns never; raises Stopped, Failed or EmbeddedError."""
        self._claim()
        self._start_servers()
        self._prepare()
        self._start_processes()
        self._greet()
        self._watch()

    def _claim(self) -> None:
        """One run per RUN_DIR, and a port of its own. The lock goes with the process, however it ends."""
        lock = self.run_dir / "up.lock"
        try:
            descriptor = lock_file(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            words = (
                f"It runs already from this folder: {lock.read_text()}. Stop that one first (Ctrl-C there)."
            )
            raise Failed(words) from None
        self.listening = _listen(self.environment)
        address = f"process {os.getpid()}, {self.environment['BASE_URL']}"
        os.ftruncate(descriptor, 0)
        os.write(descriptor, address.encode())

    def _start_servers(self) -> None:
        for server, name in ((Postgres(self.run_dir), "DATABASE_URL"), (Redis(self.run_dir), "REDIS_URL")):
            if self.environment.get(name):
                say(f"  {server.name}: {name} is set, using that")
                continue
            say(f"  {server.name}: embedded, under {self.run_dir}")
            self.servers.append(server)
            server.start()
            self.environment[name] = server.url
        publish(self.environment)

    def _prepare(self) -> None:
        say("  Preparing the database")
        statics = not _is_on(self.environment.get("DEBUG", ""))
        if statics:
            self.processes.start("static", f"{PYTHON} manage.py collectstatic --noinput --verbosity 0")
        self.processes.start("setup", f"{PYTHON} -m apps.core.running.prepare database")
        self.processes.finish("setup")
        if statics:
            self.processes.finish("static")

    def _start_processes(self) -> None:
        say("  Starting")
        for name, command in read_procfile(ROOT / "Procfile").items():
            self.processes.keep(name, command, listening=self.listening if name == "web" else None)
        if _is_on(self.environment["SANDBOX"]):
            self.processes.start("people", f"{PYTHON} -m apps.core.running.prepare people")
            self.processes.finish("people")
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        url = f"http://{_reachable(self.environment)}:{self.environment['PORT']}/readyz"
        deadline = time.monotonic() + READY_SECONDS
        while not _answers(url):
            self._check()
            if time.monotonic() > deadline:
                raise Failed(f"{url} does not say ready after {READY_SECONDS:.0f} s; the reasons are above.")
            time.sleep(LOOK_SECONDS)

    def _greet(self) -> None:
        say(f"\n{bold('Comptoir is ready')} after {time.monotonic() - self.began:.1f} s")
        say(f"  {'address':<20} {self.environment['BASE_URL']}/")
        for email, url in self._links().items():
            say(f"  {email:<20} {url}  (signs in once)")
        say("  Ctrl-C stops everything.\n")

    def _links(self) -> dict[str, str]:
        """Read once and removed: they are as good as a password."""
        path = self.run_dir / "links.json"
        if not path.exists():
            return {}
        links: dict[str, str] = json.loads(path.read_text())
        path.unlink()
        return links

    def ask_to_replace(self, number: int, frame: FrameType | None) -> None:
        """SIGUSR1: other processes in the place of web and worker, by the main loop."""
        self.replacing = True

    def _watch(self) -> None:
        while True:
            self._check()
            if self.replacing:
                self.replacing = False
                for name in REPLACED:
                    self.processes.replace(name)
            time.sleep(LOOK_SECONDS)

    def _check(self) -> None:
        self.processes.check()
        for server in self.servers:
            if server.process is None or server.process.poll() is not None:
                self._start_again(server)

    def _start_again(self, server: Postgres | Redis) -> None:
        """Redis only carries hints, so everything goes on without it for a moment; not without PostgreSQL."""
        address, steady = server.url, time.monotonic() - self.redis_since > STEADY_SECONDS
        if isinstance(server, Redis) and steady:
            self.redis_since = time.monotonic()
            server.start()
            if server.url == address:
                say(f"  {server.name} ended by itself and was started again; see {server.log}")
                return
        raise Failed(f"{server.name} ended by itself; see {server.log}.")

    def stop(self) -> None:
        """Processes in their order, then the servers they talk to."""
        self.processes.stop()
        for server in reversed(self.servers):
            if server.process is not None:
                server.stop()
                say(f"  {server.name} stopped")


def _listen(environment: dict[str, str]) -> socket.socket:
    """The web process's socket, ours to keep while that process is restarted. Nobody answers on it yet."""
    port = environment["PORT"]
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise Failed(f"PORT={port} is not a port number.")
    try:
        return socket.create_server((environment.get("BIND", "127.0.0.1"), int(port)), backlog=BACKLOG)
    except OSError as error:
        reason = os.strerror(error.errno or 0)  # create_server adds the address to its own words
        raise Failed(f"Port {port}: {reason}. Choose another: PORT=8001 bin/up") from None


def _is_on(value: str) -> bool:
    return value.lower() in {"1", "true", "yes", "on", "y", "ok"}  # django-environ's list


def _reachable(environment: dict[str, str]) -> str:
    bind = environment.get("BIND", "127.0.0.1")
    return "127.0.0.1" if bind == "0.0.0.0" else bind


def _answers(url: str) -> bool:
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())

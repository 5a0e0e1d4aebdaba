"""One deployment: PostgreSQL, Redis, the provider, each behind a wire that can fail, and our processes.

Everything lives under one folder. What blocks (starting a server) runs in the ground's own thread, because
the event loop carries the proxies.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import psycopg

from apps.core.embedded import children
from apps.core.embedded.postgres import DATABASE
from apps.core.running.environment import compose
from tests.chaos import schema
from tests.chaos.ground import ROOT, Ground, inherited
from tests.chaos.proxy import Proxy
from tests.ports import free_port

READY_SECONDS = 90.0
LISTENING = (sys.executable, "-m", "apps.core.running.listening")  # as bin/up starts it
SOCKET = ".s.PGSQL.5432"
WORKERS = ("worker1", "worker2")
CREW = ("web", *WORKERS, "beat")


class Stack:
    """`crew` are its processes; every web process has an address of its own. `mutant` names a module of
    mutants/. On a `ground` that others use, too, the deployment has its own copy of the database."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        lease: float,
        mutant: str = "",
        crew: Sequence[str] = CREW,
        ground: Ground | None = None,
    ) -> None:
        self.folder, self.seed, self.lease, self.mutant = folder, seed, lease, mutant
        self.shared = ground is not None
        self.ground = ground or Ground(folder, lease=lease)
        self.place = self.ground.next_place()
        self.control = self.ground.control
        self.postgres, self.redis = self.ground.postgres, self.ground.redis
        self.crew = crew
        self.listening = {name: listen() for name in crew if name.startswith("web")}
        self.port = port_of(self.listening["web"])
        self.url = f"http://localhost:{self.port}"
        self.urls = [f"http://localhost:{port_of(each)}" for each in self.listening.values()]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.proxies: dict[str, Proxy] = {}
        self.provider_port = self.mail_port = 0
        self.environment: dict[str, str] = {}
        self.seeded: dict[str, Any] = {}

    async def start(self) -> None:
        """Servers, schema, tenants, provider, proxies and all processes, ready for work."""
        if not self.shared:
            await self.block(self.ground.start)
        self.provider_port, self.mail_port = free_port(), free_port()
        await self._start_proxies()
        self._compose()
        await self.block(self._prepare)
        await self.block(self._start_provider)
        await self.begin_all()
        await self.ready()

    @property
    def database_name(self) -> str:
        return f"chaos_{self.place}" if self.shared else DATABASE

    async def begin_all(self) -> None:
        for name in self.crew:
            await self.begin(name)

    async def stop(self) -> None:
        for proxy in self.proxies.values():
            await proxy.stop()
        await self.block(self._stop)
        if not self.shared:
            self.control.shutdown()

    async def block(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run it in the thread that may block and may start processes."""
        return await asyncio.get_running_loop().run_in_executor(self.control, function, *arguments)

    async def begin(self, name: str) -> None:
        """Start one of our processes; `ready` waits for the web's answers."""
        await self.block(self._begin, name, self._command(name))

    async def ready(self) -> None:
        """Return when every web process answers."""
        await asyncio.gather(*(self._ready(url) for url in self.urls))

    async def _ready(self, url: str) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            for _ in range(int(READY_SECONDS / 0.1)):
                try:
                    async with http.get(f"{url}/livez") as answer:
                        if answer.status == 200:
                            return
                except (OSError, aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(0.1)
        raise RuntimeError(f"a web process does not answer:\n{self.log('web')[-3000:]}")

    async def weather(self, odds: Mapping[str, float]) -> None:
        """What the providers do from now on, see provider/weather.py."""
        address = f"http://127.0.0.1:{self.provider_port}/weather"
        async with aiohttp.ClientSession() as http, http.post(address, json=dict(odds)) as answer:
            answer.raise_for_status()

    def signal(self, name: str, number: signal.Signals) -> None:
        self.processes[name].send_signal(number)

    async def kill(self, name: str) -> None:
        """SIGKILL, and gone when this returns."""
        self.signal(name, signal.SIGKILL)
        await self.block(self.processes.pop(name).wait)

    def log(self, name: str) -> str:
        path = self.folder / "log" / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def database(self) -> str:
        """The superuser's way in, past the proxy: for reading the end state and for the schema."""
        return self.ground.dsn(self.database_name)

    async def _start_proxies(self) -> None:
        wires = self.folder / "wires"
        wires.mkdir(mode=0o700)
        self.proxies = {
            "database": Proxy(wires / SOCKET, self.postgres.sockets / SOCKET),
            "redis": Proxy(free_port(), self.redis.port),
            "provider": Proxy(free_port(), self.provider_port),
            "mail": Proxy(free_port(), self.mail_port),
        }
        for proxy in self.proxies.values():
            await proxy.start()

    def _compose(self) -> None:
        database = f"postgresql://comptoir@/{self.database_name}?host={self.folder / 'wires'}"
        ours = {
            "RUN_DIR": str(self.folder),
            "PORT": str(self.port),
            "DATABASE_URL": database,
            "DATABASE_ROLE": "comptoir_app",
            "REDIS_URL": f"redis://:{self.redis.password}@127.0.0.1:{self.proxies['redis'].here}/{self.place}",
            "SANDBOX": "false",
            "PLAIN_STATIC": "true",
            "EGRESS_ALLOW": "127.0.0.1,localhost",
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CHAOS_LEASE": str(self.lease),
            "CHAOS_MUTANT": self.mutant,
            "CHAOS_OUTSIDE": str(self.folder / "outside.jsonl"),
        }
        self.environment = compose(ROOT, {**inherited(), **self.ground.keys(), **ours})

    def _prepare(self) -> None:
        if self.shared:
            self.ground.copy(self.database_name)
        provider = f"http://127.0.0.1:{self.proxies['provider'].here}"
        self.ground.point(self.database_name, provider, mail_port=self.proxies["mail"].here)
        self.seeded = self.ground.seeded_for(provider)
        with psycopg.connect(self.database, autocommit=True) as database:
            schema.break_for(self.mutant, database)

    def _start_provider(self) -> None:
        log = str(self.folder / "provider.jsonl")
        module = [sys.executable, "-m", "tests.chaos.provider"]
        ports = (str(self.provider_port), str(self.mail_port))
        self._begin("provider", [*module, *ports, log, str(self.seed)])

    def _begin(self, name: str, command: Sequence[str]) -> None:
        (self.folder / "log").mkdir(exist_ok=True)
        with (self.folder / "log" / f"{name}.log").open("ab") as log:
            self.processes[name] = children.start(
                children.Child(
                    command=command,
                    pass_fds=self._passed(name),
                    on_parent_death=signal.SIGKILL,
                    output=log,
                    folder=ROOT,
                    environment=self.environment,
                )
            )

    def _command(self, name: str) -> list[str]:
        command = [sys.executable, "-m", "tests.chaos.launch", name.rstrip("0123456789")]
        return [*LISTENING, *map(str, self._passed(name)), *command] if name in self.listening else command

    def _passed(self, name: str) -> list[int]:
        return [self.listening[name].fileno()] if name in self.listening else []

    def _stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
        for listening in self.listening.values():
            listening.close()
        if not self.shared:
            self.ground.stop()


def listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=1024)


def port_of(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


def fresh_folder(path: Path) -> Path:
    """Empty, and passable for the servers' own account."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, mode=0o711)
    return path

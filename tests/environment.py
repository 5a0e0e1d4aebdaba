"""Loaded before Django's settings (pyproject: `-p tests.environment`): the servers and a fresh database.

The servers are the embedded ones unless TEST_DATABASE_URL names a login that may create databases and
roles. The migrated database is kept as a template per set of migrations, so a run costs one copy of it.
"""

from __future__ import annotations

import base64
import fcntl
import os
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

from apps.core.embedded import ensure, lease
from apps.core.running.template import copy_template, on
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[1]
RUN_DIR = ROOT / ".run" / "test"
NUMBERS = range(1, 16)  # Redis' numbered databases, without the one that everybody uses

_claimed: list[int] = []  # descriptors: a lock lasts as long as this process


def name() -> str:
    """The database of this run and, under xdist, of this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"test_comptoir_{os.environ.get('TEST_DB_SUFFIX', 'main')}{worker}"


def prepare() -> None:
    """Put everything that settings read into the environment; the database exists and is migrated."""
    given = os.environ.get("TEST_DATABASE_URL")
    servers = None if given and os.environ.get("REDIS_URL") else ensure(RUN_DIR)
    login = given or servers.database_url  # type: ignore[union-attr]
    redis = os.environ.get("REDIS_URL") or servers.redis_url  # type: ignore[union-attr]
    (RUN_DIR / name() / "static").mkdir(parents=True, exist_ok=True)
    port = free_port()
    os.environ.update(
        DATABASE_URL=on(login, name()),
        DATABASE_LOGIN_URL=login,
        REDIS_URL=_own_redis(redis),
        DATABASE_ROLE="comptoir_app",
        SECRET_KEY="only-for-tests-" + "k" * 50,
        CREDENTIAL_KEYS=base64.urlsafe_b64encode(sha256(b"only for tests").digest()).decode(),
        PORT=str(port),
        BASE_URL=f"http://localhost:{port}",
        EGRESS_ALLOW="127.0.0.1,localhost",
        SANDBOX="true",
        PLAIN_STATIC="true",
        RUN_DIR=str(RUN_DIR / name()),
        LOG_LEVEL="ERROR",
        CONN_MAX_AGE="0",
    )
    os.environ.pop("EMAIL_URL", None)
    _compile_once()
    copy_template(login, name())


def _compile_once() -> None:
    """A run starts some hundred processes, of which each would compile the program anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _own_redis(url: str) -> str:
    """One of Redis' numbered databases, so that runs side by side do not take each other's hints."""
    number = _claim_number()
    if url.startswith("unix"):
        return f"{url.split('?')[0]}?db={number}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def _claim_number() -> int:
    """One that no other process has; when all are taken, one is shared, and its hints come late or twice."""
    for number in NUMBERS:
        try:
            _claimed.append(lease.lock_file(RUN_DIR / f"redis-{number}.lock", fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            continue
        return number
    return NUMBERS[crc32(name().encode()) % len(NUMBERS)]


prepare()

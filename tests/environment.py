"""Loaded before Django's settings (pyproject: `-p tests.environment`): the servers and a fresh database.

The servers are the embedded ones unless TEST_DATABASE_URL names a login that may create databases and
roles. The migrated database is kept as a template per set of migrations, so a run costs one copy of it.
"""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

import psycopg
from psycopg import sql

from apps.core.embedded import ensure

ROOT = Path(__file__).resolve().parents[1]
RUN_DIR = ROOT / ".run" / "test"
LOCK = 7283  # advisory lock of whoever makes the template


def name() -> str:
    """The database of this run and, under xdist, of this worker."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"test_comptoir_{os.environ.get('TEST_DB_SUFFIX', 'main')}{worker}"


def on(url: str, database: str) -> str:
    """The same login on another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def prepare() -> None:
    """Put everything that settings read into the environment; the database exists and is migrated."""
    given = os.environ.get("TEST_DATABASE_URL")
    servers = None if given and os.environ.get("REDIS_URL") else ensure(RUN_DIR)
    login = given or servers.database_url  # type: ignore[union-attr]
    redis = os.environ.get("REDIS_URL") or servers.redis_url  # type: ignore[union-attr]
    port = _free_port()
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
    (RUN_DIR / name() / "static").mkdir(parents=True, exist_ok=True)
    _copy_template(login)


def _free_port() -> int:
    """Where this run's web process will listen, so that settings know their own address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _own_redis(url: str) -> str:
    """One of Redis' numbered databases, so that runs side by side do not take each other's hints."""
    number = 1 + crc32(name().encode()) % 15
    if url.startswith("unix"):
        return f"{url.split('?')[0]}?db={number}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


def _copy_template(login: str) -> None:
    template = f"template_comptoir_{_fingerprint()}"
    with psycopg.connect(login, autocommit=True) as database:
        database.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = database.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
        if known is None:
            _make_template(database, login, template)
        ours, source = sql.Identifier(name()), sql.Identifier(template)
        database.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(ours))
        database.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(ours, source))


def _make_template(database: psycopg.Connection, login: str, template: str) -> None:
    draft = f"{template}_draft"
    database.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(draft)))
    database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    for role, command in (("", "database_roles"), ("comptoir_owner", "migrate")):
        environment = {**os.environ, "DATABASE_URL": on(login, draft), "DATABASE_ROLE": role}
        arguments = [sys.executable, str(ROOT / "manage.py"), command, "--verbosity", "0", "--skip-checks"]
        subprocess.run(arguments, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    database.execute(rename.format(sql.Identifier(draft), sql.Identifier(template)))


def _fingerprint() -> str:
    """Names the schema: everything that a migration can read."""
    digest = sha256()
    files = [*ROOT.glob("apps/*/migrations/*.py"), ROOT / "apps/core/rls.py", ROOT / "requirements.txt"]
    for path in sorted(files):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


prepare()

"""A migrated database to copy from, for tests and measurements: one per set of migrations."""

from __future__ import annotations

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[3]
LOCK = 7283  # advisory lock of whoever makes the template


def on(url: str, database: str) -> str:
    """The same login on another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def copy_template(login: str, name: str) -> None:
    """Make `name` anew as a copy of the migrated template, which is made first when it is missing.

    `login` may create databases and roles. What was in `name` is lost, its connections are cut.
    """
    template = f"template_comptoir_{_fingerprint()}"
    with psycopg.connect(login, autocommit=True) as database:
        database.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = database.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template]).fetchone()
        if known is None:
            _make_template(database, login, template)
        ours, source = sql.Identifier(name), sql.Identifier(template)
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

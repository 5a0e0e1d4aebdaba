"""What a deployment stands on: PostgreSQL with the schema and three businesses, and Redis.

Made once; several deployments may stand on it, one after the other or side by side, each with a copy of the
database. Everything here blocks. Servers are started in one thread that lives as long as they do, for a
child dies with the thread that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.types.json import Jsonb

from apps.core.embedded.postgres import DATABASE, LOGIN, Postgres
from apps.core.embedded.redis import Redis
from apps.core.running.environment import SECRETS, compose, read_pairs
from tests.chaos import schema

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:1"  # where the provider is until `point` tells it


class Ground:
    """`lease` is how long a send's lease lasts here, in seconds."""

    def __init__(self, folder: Path, *, lease: float) -> None:
        self.folder, self.lease = folder, lease
        self.control = ThreadPoolExecutor(1, thread_name_prefix="control")
        self.postgres, self.redis = Postgres(folder), Redis(folder)
        self.environment: dict[str, str] = {}
        self.seeded: dict[str, Any] = {}
        self._places = count()

    def start(self) -> None:
        self.postgres.start()
        self.redis.start()
        self.environment = self._compose()
        self._run("apps.core.running.prepare", "database")
        with psycopg.connect(self.dsn(DATABASE), autocommit=True) as database:
            schema.shorten_leases(database, self.lease)
        self._run("tests.chaos.seed", NOWHERE, str(self.folder / "seeded.json"))
        self.seeded = json.loads((self.folder / "seeded.json").read_text())

    def stop(self) -> None:
        self.redis.stop()
        self.postgres.stop()

    def next_place(self) -> int:
        """The number of a database in Redis that nobody else uses; it has sixteen."""
        return next(self._places)

    def dsn(self, database: str) -> str:
        """The superuser's way in, past every proxy."""
        return make_conninfo(host=str(self.postgres.sockets), user="postgres", dbname=database)

    def copy(self, database: str) -> None:
        """A database of this name with what was seeded; nobody may be connected to the first one."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as postgres:
            postgres.execute(f"CREATE DATABASE {database} TEMPLATE {DATABASE} OWNER {LOGIN}")

    def point(self, database: str, provider: str, *, mail_port: object) -> None:
        """Connected accounts call this address from now on, and hand mail in at this port."""
        with psycopg.connect(self.dsn(database), autocommit=True) as ours:
            ours.execute(
                "UPDATE connections_channel SET settings = replace(settings::text, %s, %s)::jsonb",
                [NOWHERE, provider],
            )
            ours.execute(
                "UPDATE connections_channel SET settings = settings || %s WHERE settings ? 'smtp_port'",
                [Jsonb({"smtp_port": str(mail_port)})],
            )

    def seeded_for(self, provider: str) -> dict[str, Any]:
        """What was seeded, with the address that `point` gave: a platform's own words may name it."""
        found: dict[str, Any] = json.loads(json.dumps(self.seeded).replace(NOWHERE, provider))
        return found

    def keys(self) -> dict[str, str]:
        """With which the seeded secrets can be opened."""
        return {name: read_pairs(self.folder / "secrets")[name] for name in SECRETS}

    def _compose(self) -> dict[str, str]:
        ours = {
            "RUN_DIR": str(self.folder),
            "DATABASE_URL": self.postgres.url,
            "DATABASE_ROLE": "comptoir_app",
            "SANDBOX": "false",
            "LOG_LEVEL": "WARNING",
            "EGRESS_ALLOW": "127.0.0.1,localhost",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        return compose(ROOT, {**inherited(), **ours})

    def _run(self, module: str, *arguments: str) -> None:
        command: Sequence[str] = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stdout[-1000:]}{done.stderr[-3000:]}")


def inherited() -> dict[str, str]:
    """What our processes get of our own environment."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}

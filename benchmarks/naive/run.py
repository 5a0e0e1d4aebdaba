"""The naive product's processes on a Machine, with a database and a Redis database of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from secrets import token_hex

import psycopg
from psycopg import sql

from apps.core.running.template import on
from benchmarks.harness.machine import ROOT, Machine, free_port

DATABASE = "bench_naive"


@dataclass(frozen=True, slots=True)
class Account:
    """A connected channel, and the tokens of its tenant's agents."""

    tenant: int
    channel: int
    platform: str
    key: str
    agents: tuple[str, ...]


class Naive:
    """Made on a machine that runs: the database is fresh, no process started yet."""

    def __init__(self, machine: Machine, *, provider_url: str = "") -> None:
        self.machine = machine
        self.port = free_port()
        self.provider_url = provider_url
        self._make_database()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def database_url(self) -> str:
        return on(self.machine.postgres.url, DATABASE)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "benchmarks.naive.settings",
            "NAIVE_DATABASE_URL": self.database_url,
            "NAIVE_REDIS_URL": self.machine.redis_url.removesuffix("/0") + "/1",
            "NAIVE_PROVIDER_URL": self.provider_url,
        }

    def start_web(self) -> None:
        """daphne, one process, named "naive-web" on the machine."""
        daphne = f"daphne --verbosity 0 -b 127.0.0.1 -p {self.port} benchmarks.naive.asgi:application"
        self.machine.start("naive-web", daphne, env=self.environment, ready=f"{self.url}/")

    def start_worker(self, *, concurrency: int = 2) -> None:
        """Celery's usual pool, named "naive-worker"."""
        options = f"--concurrency {concurrency} --loglevel WARNING"
        command = f"celery --app benchmarks.naive.celery --quiet worker {options}"
        self.machine.start("naive-worker", command, env=self.environment)

    def stop(self) -> None:
        self.machine.stop("naive-web")
        self.machine.stop("naive-worker")

    def connect(self, platform: str, key: str, *, secret: str, account: str = "", agents: int = 0) -> Account:
        """A tenant with one channel and `agents` people."""
        tokens = tuple(token_hex(16) for _ in range(agents))
        with psycopg.connect(self.database_url, autocommit=True) as database:
            tenant = _id(database, "INSERT INTO naive_tenant (name) VALUES (%s) RETURNING id", key)
            channel = _id(
                database,
                "INSERT INTO naive_channel (tenant_id, platform, key, account, secret) "
                "VALUES (%s, %s, %s, %s, %s) RETURNING id",
                tenant,
                platform,
                key,
                account,
                secret,
            )
            for token in tokens:
                words = "INSERT INTO naive_agent (tenant_id, name, token) VALUES (%s, 'agent', %s)"
                database.execute(words, [tenant, token])
        return Account(tenant, channel, platform, key, tokens)

    def count(self, table: str) -> int:
        """Rows of one of its tables ("message", "webhook")."""
        words = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(f"naive_{table}"))
        with psycopg.connect(self.database_url, autocommit=True) as database:
            row = database.execute(words).fetchone()
        return int(row[0]) if row else 0

    def _make_database(self) -> None:
        with psycopg.connect(self.machine.postgres.url, autocommit=True) as login:
            login.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            login.execute(f"CREATE DATABASE {DATABASE}")
        command = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
        environment = {**self.machine.environment(), **self.environment, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


def _id(database: psycopg.Connection, words: str, *values: object) -> int:
    row = database.execute(words.encode(), values).fetchone()
    assert row is not None
    return int(row[0])

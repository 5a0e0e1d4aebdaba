"""The embedded PostgreSQL, really started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from apps.core.embedded import EmbeddedError, Postgres
from apps.core.embedded.postgres import is_postgres
from apps.core.embedded.sockets import LONGEST, NAME

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from apps.core.embedded import Postgres
server = Postgres(Path(sys.argv[1]))
server.start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def shared() -> Iterator[Postgres]:
    with TemporaryDirectory(prefix="comptoir-test-") as folder:
        server = Postgres(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def server(run_dir: Path) -> Iterator[Postgres]:
    server = Postgres(run_dir)
    yield server
    server.stop()


@pytest.mark.parametrize(
    ("label", "query", "expected"),
    [
        ("major version", "SELECT current_setting('server_version_num')::int / 10000", 18),
        ("survives a power cut", "SELECT current_setting('fsync')", "on"),
        ("small", "SELECT current_setting('shared_buffers')", "64MB"),
        ("enough connections", "SELECT current_setting('max_connections')", "200"),
        ("no network", "SELECT current_setting('listen_addresses')", ""),
        ("text", "SELECT current_setting('server_encoding')", "UTF8"),
        ("case rules of every language", "SELECT lower('ÉTÉ')", "été"),
        ("no superuser", "SELECT rolsuper FROM pg_roles WHERE rolname = session_user", False),
        (
            "no way round row security",
            "SELECT rolbypassrls FROM pg_roles WHERE rolname = session_user",
            False,
        ),
        ("may make the roles", "SELECT rolcreaterole FROM pg_roles WHERE rolname = session_user", True),
        (
            "owns its database",
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'comptoir'",
            "comptoir",
        ),
    ],
)
def test_settings(shared: Postgres, label: str, query: str, expected: object) -> None:
    assert ask(shared.url, query) == [(expected,)], label


def test_only_the_servers_account_enters_the_socket_folder(shared: Postgres) -> None:
    assert oct(shared.sockets.stat().st_mode)[-3:] == "700"
    assert oct(shared.data.stat().st_mode)[-3:] == "700"


def test_data_outlive_a_restart(server: Postgres) -> None:
    server.start()
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'hello' AS word")
    server.stop()
    server.start()
    assert ask(server.url, "SELECT word FROM kept") == [("hello",)]


def test_an_interrupted_first_start_is_begun_anew(server: Postgres) -> None:
    half_made = server.run_dir / "postgres.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    server.start()
    assert ask(server.url, "SELECT 1") == [(1,)]
    assert not half_made.exists()


def test_a_deep_folder_gets_a_socket_elsewhere(run_dir: Path) -> None:
    deep = run_dir / ("deep" * 20) / "er"
    deep.mkdir(parents=True)
    server = Postgres(deep)
    try:
        server.start()
        assert ask(server.url, "SELECT 1") == [(1,)]
        assert len(os.fsencode(server.sockets / NAME)) <= LONGEST
        assert oct(server.sockets.stat().st_mode)[-3:] == "700"
    finally:
        server.stop()
        server.sockets.rmdir()


def test_a_link_in_place_of_the_socket_folder_is_refused(run_dir: Path) -> None:
    server = Postgres(run_dir / ("deep" * 30))
    server.run_dir.mkdir()
    expected = server.sockets
    expected.rmdir()
    expected.symlink_to(run_dir)
    try:
        with pytest.raises(EmbeddedError) as refused:
            _ = Postgres(server.run_dir).sockets
    finally:
        expected.unlink()
    assert str(refused.value) == f"{expected} belongs to someone else. Remove it, or set TMPDIR."


def test_data_of_another_version_are_left_alone(server: Postgres) -> None:
    server.data.mkdir()
    (server.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedError) as refused:
        server.start()
    assert (
        str(refused.value)
        == f"{server.data} was made by PostgreSQL 16, not 18: see docs/running.md, Upgrading."
    )


def test_a_start_that_fails_shows_the_servers_words(server: Postgres) -> None:
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match='unrecognized configuration parameter "no_such_setting"'):
        server.start()


def test_it_does_not_outlive_an_owner_that_is_killed(run_dir: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(run_dir)]
    owner = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    number = int(owner.stdout.readline())
    assert is_postgres(number)
    owner.kill()
    owner.wait()
    successor = Postgres(run_dir)
    successor.start()  # waits for the first to close its files
    try:
        assert ask(successor.url, "SELECT 1") == [(1,)]
        assert not is_postgres(number)
    finally:
        successor.stop()


def test_stopping_cuts_clients_and_ends_in_time(server: Postgres) -> None:
    server.start()
    client = psycopg.connect(server.url)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 10
    with pytest.raises(psycopg.OperationalError):
        client.execute("SELECT 1")
    client.close()
    assert server.process is not None
    assert server.process.returncode == 0

"""What every test may use: a real database, two tenants with the same data, people of both."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connections
from django.test import override_settings
from django.utils import translation
from hypothesis import HealthCheck, settings

from tests.service import Service
from tests.worlds import World, make_world

# Properties are checked by what they find, not by how fast this machine happens to be today.
settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("unhurried")

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
# Measured. A long file that came last would keep one worker busy while the others have nothing left.
LONGEST_FIRST = (
    "tests/chaos/",
    "tests/browser/",
    "tests/conversations/test_outbox_machine.py",
    "tests/isolation/",
    "tests/running/",
    "tests/api/test_fuzz.py",
    "tests/stories/",
    "tests/console/live/",
    "tests/backoffice/",
    "tests/sandbox/",
    "tests/security/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files stay whole, and the tests in them as they stand."""
    files = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (_turn(item), files[item.path]))


def _turn(item: pytest.Item) -> int:
    turns = (number for number, start in enumerate(LONGEST_FIRST) if item.nodeid.startswith(start))
    return next(turns, len(LONGEST_FIRST))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test said that is tried once more (`CI`), which the summary only names."""
    if report.outcome == "rerun":  # type: ignore[comparison-overlap]
        print(f"\n{report.nodeid} is tried once more:\n{report.longreprtext}")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Each run has a port of its own; its number in a test's name would tell xdist's workers apart."""
    port = f":{os.environ['PORT']}"
    return repr(val.replace(port, ":PORT")) if isinstance(val, str) and port in val else None


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """tests/environment.py has made the database already."""


@pytest.fixture(scope="session", autouse=True)
def _light_settings() -> Iterator[None]:
    """A client of Django's own makes the middleware anew each time, and with it looked through every static
    file; the processes that tests start serve them as ever."""
    with override_settings(
        PASSWORD_HASHERS=["tests.hashing.LightArgon2"],
        WHITENOISE_USE_FINDERS=False,
    ):
        yield


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test starts with the default one."""
    yield
    translation.deactivate()


@pytest.fixture
def database(django_db_blocker: object) -> Iterator[None]:
    """Committed data, as in production: for tests with threads, processes, sockets or on_commit.

    Every table is emptied afterwards by the login role (the application's role may not).
    """
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield
        for connection in connections.all():
            connection.close()
        empty_database()


@pytest.fixture
def transactional_db(database: None) -> None:
    """pytest-django's name for the same; its own cannot TRUNCATE as the application's role."""


@pytest.fixture
def world(db: None) -> World:
    """Two tenants with the same data, in a transaction that is rolled back."""
    return make_world()


@pytest.fixture
def committed_world(database: None) -> World:
    """Two tenants with the same data, committed."""
    return make_world()


@pytest.fixture
def service(database: None, tmp_path: Path) -> Iterator[Service]:
    """The real web process and worker on this run's database, at settings.BASE_URL."""
    running = Service(tmp_path)
    running.start("worker")
    running.start("web")
    yield running
    running.stop_all()


def empty_database() -> None:
    """As the tables' owner, all of them: row security hides rows from every role, so none can be asked."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as login:
        login.execute("SET ROLE comptoir_owner")
        rows = login.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        _truncate(login, [name for (name,) in rows if name not in KEPT])


def _truncate(login: psycopg.Connection, tables: list[str]) -> None:
    """Again when it deadlocks with a thread of the test that still posts its last webhooks."""
    for _ in range(10):
        try:
            login.execute(f"TRUNCATE {', '.join(tables)}")
            return
        except psycopg.errors.DeadlockDetected:
            continue
    login.execute(f"TRUNCATE {', '.join(tables)}")

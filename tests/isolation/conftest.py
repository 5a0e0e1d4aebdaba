"""The arena, made once per module, and the report of what was attacked."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import empty_database
from tests.isolation.arena import Arena, arena
from tests.isolation.tally import TALLY

# Modules whose tests are one check each, and what the report calls them.
CHECKS = {
    "test_catalogue": "catalogue",
    "test_coverage": "coverage",
    "test_sockets": "sockets",
    "test_tasks": "tasks",
    "test_traps": "row security",
    "test_visitors_socket": "sockets",
}


@pytest.fixture(scope="module")
def field(django_db_blocker: Any) -> Iterator[Arena]:
    """Both tenants, made once: what a shot does is undone."""
    with django_db_blocker.unblock():
        try:
            with arena() as made:
                yield made
        finally:
            empty_database()


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the report for bin/prove-isolation, which names the file."""
    path = os.environ.get("PROOF_FILE")
    if not path:
        return
    failed = [item.nodeid for item in session.items if getattr(item, "failed_here", False)]
    facts = {
        "passed": int(exitstatus) == 0,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "checks": len(session.items),
        "failed": failed,
        **TALLY.facts(),
    }
    Path(path).write_text(json.dumps(facts, indent=1))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    outcome: Any = yield
    failed = outcome.get_result().failed
    if failed:
        item.failed_here = True  # type: ignore[attr-defined]
    kind = CHECKS.get(item.module.__name__.rpartition(".")[2])  # type: ignore[attr-defined]
    if kind and call.when == "call":
        TALLY.count(kind, item.name, 1, ["does not hold"] if failed else [])

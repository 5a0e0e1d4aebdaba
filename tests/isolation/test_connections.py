"""However a tenant's scope is left, the connection is clean for the next tenant (facts R9–R11)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connection

from apps.conversations.live import in_database
from apps.core import tenancy
from apps.core.handler import Handler
from tests.console.live.page import cookies
from tests.isolation.poison import POISONS, count, leave_by, pool_of_one, remains
from tests.isolation.tally import TALLY
from tests.worlds import World, signed_in

STEPS = [*range(12), 16, 24, 40, 64]


@pytest.mark.parametrize("name", POISONS)
def test_a_kept_connection_is_clean(committed_world: World, name: str) -> None:
    here, there = committed_world.filante, committed_world.garance
    leave_by(name, here.id)
    assert TALLY.count("connections", f"kept, {name}", 4, remains(there.id)) == []


@pytest.mark.parametrize("name", POISONS)
def test_a_pooled_connection_is_clean(committed_world: World, name: str) -> None:
    """The same server process serves both: Django's pool resets nothing (R9)."""
    here, there = committed_world.filante, committed_world.garance
    with pool_of_one():
        before = process()
        connection.close()  # back to the pool
        leave_by(name, here.id)
        connection.close()
        found = remains(there.id)
        same = process() == before
    assert same
    assert TALLY.count("connections", f"pooled, {name}", 4, found) == []


async def test_work_cancelled_at_any_await_leaves_nothing(committed_world: World) -> None:
    """The sockets' threads: a task ends at every step of its way, the thread's connection is used again."""
    here, there = committed_world.filante, committed_world.garance

    def look() -> int:
        with tenancy.scope(here.id):
            return count()

    async def visit() -> None:
        for _ in range(3):
            await in_database(look)()

    found: set[str] = set()
    for steps in STEPS:
        await cancelled_after(steps, visit())
        checks = [in_database(remains)(there.id) for _ in range(4)]
        found |= {words for each in await asyncio.gather(*checks) for words in each}
    assert TALLY.count("connections", "cancelled work", len(STEPS) * 4, found) == []


async def test_requests_cancelled_at_any_await_leave_nothing(committed_world: World) -> None:
    here, there = committed_world.filante, committed_world.garance
    in_thread: Any = sync_to_async
    communicator: Any = ApplicationCommunicator
    browser = await in_thread(signed_in)(here.owner)
    application = Handler()
    found: set[str] = set()
    for steps in STEPS:
        page = communicator(application, request(f"/{here.slug}/inbox/all/", cookies(browser)))
        await page.send_input({"type": "http.request", "body": b""})
        await cancelled_after(steps, page.future)
        checks = [application.threads.run(remains, there.id) for _ in range(4)]
        found |= {words for each in await asyncio.gather(*checks) for words in each}
    assert TALLY.count("connections", "cancelled requests", len(STEPS) * 4, found) == []


async def cancelled_after(steps: int, work: Any) -> None:
    task = asyncio.ensure_future(work)
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task], timeout=10)


def request(path: str, cookie: str) -> dict[str, Any]:
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode())]
    return {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}


def process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        found: int = cursor.fetchone()[0]
        return found

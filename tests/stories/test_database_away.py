"""Class "DB slow / pool exhausted": platforms are told to come again; nothing refused is kept."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import psycopg
import pytest

from apps.connections.models import Channel, ReceivedWebhook
from apps.core import tenancy
from tests.service import Service
from tests.stories.test_webhooks import SECRET, telegram, update
from tests.worlds import Side, World

STORM = 50
THREADS = 60  # that a web process may keep after a storm


@contextmanager
def few_connections(number: int) -> Iterator[None]:
    """The database takes only `number` connections, as behind a pool that is empty."""
    name = urlsplit(os.environ["DATABASE_URL"]).path.lstrip("/")
    with psycopg.connect(os.environ["DATABASE_LOGIN_URL"], autocommit=True) as login:
        login.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT {number}')
        try:
            yield
        finally:
            login.execute(f'ALTER DATABASE "{name}" CONNECTION LIMIT -1')


@contextmanager
def slow_table() -> Iterator[None]:
    """Nobody can write a webhook for as long as this lasts."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:
        login.execute("SET ROLE comptoir_owner")
        login.execute("LOCK TABLE connections_receivedwebhook IN ACCESS EXCLUSIVE MODE")
        yield
        login.rollback()


async def storm(service: Service, channel: Channel, first: int) -> Counter[tuple[int, str]]:
    """Fifty different webhooks at once; how often each status came, with its Retry-After."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    url = f"{service.url}/hooks/telegram/{channel.key}/"
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

        async def post(number: int) -> tuple[int, str]:
            async with session.post(url, json=update(number, "tempête")) as answer:
                return answer.status, answer.headers.get("Retry-After", "")

        return Counter(await asyncio.gather(*(post(first + number) for number in range(STORM))))


def stored(here: Side) -> int:
    with tenancy.scope(here.id):
        return ReceivedWebhook.objects.count()


def threads(service: Service) -> int:
    status = Path(f"/proc/{service.processes['web'].pid}/status").read_text()
    return int(status.partition("Threads:")[2].split()[0])


@pytest.fixture
def web(database: None, tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    service.start("web")
    yield service
    service.stop_all()


def test_without_connections_each_is_stored_or_told_to_come_again(
    committed_world: World, web: Service
) -> None:
    here = committed_world.filante
    channel = telegram(here)
    with few_connections(2):
        answers = asyncio.run(storm(web, channel, 1))
    taken = answers[200, ""]
    assert set(answers) <= {(200, ""), (503, "5")}
    assert stored(here) == taken
    assert asyncio.run(storm(web, channel, 1000)) == {(200, ""): STORM}
    assert stored(here) == taken + STORM
    assert threads(web) < THREADS


def test_a_table_that_cannot_be_written_is_not_waited_for(committed_world: World, web: Service) -> None:
    here = committed_world.filante
    channel = telegram(here)
    with slow_table():
        answers = asyncio.run(storm(web, channel, 1))
    assert answers == {(503, "5"): STORM}
    assert stored(here) == 0
    assert asyncio.run(storm(web, channel, 1)) == {(200, ""): STORM}
    assert stored(here) == STORM
    assert threads(web) < THREADS

"""The end of a run: wait until nothing is on its way, then write down how everything stands.

What customers and agents are told is read through the API with each business's own token; the queue's
rows and times are read by the superuser, because nobody else may see them all.
"""

from __future__ import annotations

import asyncio
import time

import aiohttp
import psycopg

from tests.chaos import names
from tests.chaos.history import History
from tests.chaos.stack import Stack
from tests.chaos.workload import Workload

PATIENCE = 75.0  # seconds without progress: a send may hang for 25, a retry wait for longer
LONGEST = 300.0  # seconds in all
WAITING = """
SELECT (SELECT count(*) FROM connections_receivedwebhook WHERE state = 'new'),
       (SELECT count(*) FROM conversations_delivery
         WHERE state IN ('queued', 'sending') OR settling_until IS NOT NULL)
"""
DELIVERIES = """
SELECT m.text, d.state, d.retry_class, d.code || ' ' || d.words, t.number_of,
       extract(epoch FROM d.created_at)::float8,
       coalesce((SELECT json_agg(json_build_array(a.outcome, extract(epoch FROM a.started_at),
                                                  extract(epoch FROM a.ended_at)) ORDER BY a.ended_at)
                   FROM conversations_deliveryattempt a WHERE a.delivery_id = d.id), '[]'),
       extract(epoch FROM d.sent_at)::float8
  FROM conversations_delivery d JOIN conversations_message m ON m.id = d.message_id
  JOIN (SELECT id, 't' || (row_number() OVER (ORDER BY created_at) - 1) AS number_of
          FROM tenants_tenant) t ON t.id = d.tenant_id
"""
WEBHOOKS = "SELECT channel_id || ':' || dedup_key, state FROM connections_receivedwebhook"


async def settle(stack: Stack, workload: Workload) -> tuple[int, int]:
    """Wait until every status is told and nothing is on its way any more; what is left when for PATIENCE
    seconds it did not become less, or after LONGEST seconds."""
    least, since = (-1, -1), time.monotonic()
    end = since + LONGEST
    while True:
        untold = workload.statuses.busy()  # before the tables, where it arrives
        left = await asyncio.to_thread(waiting, stack.database)
        now = time.monotonic()
        at_rest = left == (0, 0) and not untold
        if at_rest or now - since > PATIENCE or now > end:
            return left
        if sum(least) < 0 or 0 <= sum(left) < sum(least):
            least, since = left, time.monotonic()
        await asyncio.sleep(0.5)


async def write_down(stack: Stack, workload: Workload, history: History) -> None:
    """The end state, into the history."""
    await asyncio.gather(*(page.finish() for page in workload.watchers))
    await asyncio.gather(*(visitor.finish() for visitor in workload.visitors))
    async with aiohttp.ClientSession() as http:
        for tenant in stack.seeded["tenants"]:
            await _read_api(stack.url, tenant, http, history)
    await asyncio.to_thread(_read_database, stack.database, history)
    for name in ("provider.jsonl", "outside.jsonl"):
        history.take(stack.folder / name)


async def _read_api(url: str, tenant: dict[str, str], http: aiohttp.ClientSession, history: History) -> None:
    page: str | None = f"{url}/api/v1/conversations/?limit=200"
    turn = 0
    while page:
        rows, page, turn = await _get(page, tenant, http, turn)
        for row in rows:
            messages: str | None = f"{url}/api/v1/conversations/{row['id']}/messages/?limit=200"
            while messages:
                found, messages, turn = await _get(messages, tenant, http, turn)
                for message in found:
                    _note_message(message, tenant["name"], history)


async def _get(
    url: str, tenant: dict[str, str], http: aiohttp.ClientSession, turn: int
) -> tuple[list[dict[str, str]], str | None, int]:
    tokens = tenant["tokens"]
    headers = {"Authorization": f"Bearer {tokens[turn % len(tokens)]}"}
    async with http.get(url, headers=headers) as answer:
        data = await answer.json()
        if answer.status != 200:
            raise RuntimeError(f"{url} answered {answer.status}: {data}")
        return data["results"], data["next"], turn + 1


def _note_message(message: dict[str, str], tenant: str, history: History) -> None:
    said = names.read(message["text"])
    history.note(
        "stored", conversation=said.conversation if said else "", way=message["direction"],
        number=said.number if said else 0, seq=message["seq"], tenant=tenant,
    )  # fmt: skip


def _read_database(database: str, history: History) -> None:
    with psycopg.connect(database) as connection:
        for text, state, kind, words, tenant, created, attempts, sent in connection.execute(DELIVERIES):
            said = names.read(text)
            history.note(
                "delivery", conversation=said.conversation if said else "", tenant=tenant, state=state,
                number=said.number if said else 0, words=words, created=created, attempts=attempts,
                sent=sent, **{"class": kind},
            )  # fmt: skip
        for ref, state in connection.execute(WEBHOOKS):
            history.note("webhook", ref=ref, state=state)


def waiting(database: str) -> tuple[int, int]:
    """Webhooks and deliveries on their way; -1 while the database is away."""
    try:
        with psycopg.connect(database, connect_timeout=2) as connection:
            row = connection.execute(WAITING).fetchone()
            return (row[0], row[1]) if row else (-1, -1)
    except psycopg.Error:
        return (-1, -1)

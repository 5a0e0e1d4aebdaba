"""Looks at a run while it goes on, and rings at the first anomaly that nothing which may still come can undo.

The history is read before the tables: what was answered by then must be in them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.chaos import names
from tests.chaos.checker import Anomaly, certain
from tests.chaos.history import Event
from tests.chaos.stack import Stack

LOOK_SECONDS = 0.5
LOGS = ("history.jsonl", "provider.jsonl", "outside.jsonl")
MESSAGES = """
SELECT m.text, m.direction, m.seq, t.number_of FROM conversations_message m
  JOIN (SELECT id, 't' || (row_number() OVER (ORDER BY created_at) - 1) AS number_of
          FROM tenants_tenant) t ON t.id = m.tenant_id
 ORDER BY m.conversation_id, m.seq
"""
WEBHOOKS = "SELECT channel_id || ':' || dedup_key, state FROM connections_receivedwebhook"


async def ring(stack: Stack) -> list[Anomaly]:
    """Return when there is one; never when there is none."""
    while True:
        found = await asyncio.to_thread(_look, stack)
        if found:
            return found
        await asyncio.sleep(LOOK_SECONDS)


def _look(stack: Stack) -> list[Anomaly]:
    seen = [event for name in LOGS for event in _lines(stack.folder / name)]
    try:
        return certain([*seen, *_tables(stack.database)])
    except psycopg.Error:  # the database is away, so nothing is certain
        return []


def _lines(path: Path) -> Iterator[Event]:
    """Those that are complete."""
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    return (json.loads(line) for line in lines if line.endswith("\n"))


def _tables(database: str) -> list[Event]:
    with psycopg.connect(database, connect_timeout=2) as connection:
        said = [(names.read(text), *rest) for text, *rest in connection.execute(MESSAGES)]
        webhooks = connection.execute(WEBHOOKS).fetchall()
    messages = [
        {"what": "stored", "conversation": one.conversation, "number": one.number, "way": way, "seq": seq}
        | {"tenant": tenant}
        for one, way, seq, tenant in said
        if one
    ]
    return messages + [{"what": "webhook", "ref": ref, "state": state} for ref, state in webhooks]

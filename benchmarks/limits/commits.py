"""What PostgreSQL can do at most with the rows that a received message writes: a hundred in one commit,
copied inside the server, into tables with the same indexes and without keys to check."""

from __future__ import annotations

import time
from uuid import UUID

import psycopg
from psycopg import sql

from benchmarks.harness.seeding import SUPERUSER

AT_ONCE = 100
NEWEST = (
    "SELECT {} FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id"
)
INSERTED = {
    "conversations_message": f"{NEWEST.format('m.id')} ORDER BY m.id DESC LIMIT %s",
    "conversations_streamevent": "SELECT id FROM conversations_streamevent ORDER BY id DESC LIMIT %s",
}
CHANGED = {
    "conversations_conversation": (
        f"{NEWEST.format('c.id')} ORDER BY m.id DESC LIMIT %s",
        "last_seq = last_seq + 1, last_message_at = now(), last_inbound_at = now()",
    ),
    "conversations_contactaddress": (
        f"{NEWEST.format('c.address_id')} ORDER BY m.id DESC LIMIT %s",
        "last_inbound_at = now()",
    ),
    "connections_receivedwebhook": (
        "SELECT id FROM connections_receivedwebhook ORDER BY id DESC LIMIT %s",
        "state = 'done', attempt = 1, handled_at = now()",
    ),
}

Ids = dict[str, list[UUID]]


def rate(database_url: str, total: int) -> float:
    """Messages per second, with the rows of the newest `total` messages, which must be there."""
    with psycopg.connect(database_url, user=SUPERUSER) as database:
        ids = {table: _ids(database, query, total) for table, query in INSERTED.items()}
        ids |= {table: _ids(database, query, total) for table, (query, _) in CHANGED.items()}
        for table in ids:
            _copy(database, table, full=table in CHANGED)
        database.commit()
        began = time.perf_counter()
        for start in range(0, total, AT_ONCE):
            _commit(database, {table: rows[start : start + AT_ONCE] for table, rows in ids.items()})
        return total / (time.perf_counter() - began)


def _ids(database: psycopg.Connection, query: str, total: int) -> list[UUID]:
    return [row[0] for row in database.execute(query.encode(), [total]).fetchall()]


def _copy(database: psycopg.Connection, table: str, *, full: bool) -> None:
    names = {"copy": sql.Identifier(f"limit_{table}"), "table": sql.Identifier(table)}
    database.execute(sql.SQL("DROP TABLE IF EXISTS {copy}").format(**names))
    database.execute(sql.SQL("CREATE TABLE {copy} (LIKE {table} INCLUDING INDEXES)").format(**names))
    if full:
        database.execute(sql.SQL("INSERT INTO {copy} SELECT * FROM {table}").format(**names))


def _commit(database: psycopg.Connection, ids: Ids) -> None:
    for table in INSERTED:
        words = f"INSERT INTO limit_{table} SELECT * FROM {table} WHERE id = ANY(%s)"
        database.execute(words.encode(), [ids[table]])
    for table, (_, changes) in CHANGED.items():
        words = f"UPDATE limit_{table} SET {changes} WHERE id = ANY(%s)"
        database.execute(words.encode(), [ids[table]])
    database.commit()

"""A service that has been used for a year: one large tenant beside many small ones, written by SQL."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import md5
from uuid import UUID

import psycopg
from psycopg import sql

from benchmarks.harness import seeded_rows as rows
from benchmarks.harness.words import names, sentences

SUPERUSER = "postgres"  # of the embedded server: past row security, and keys are not checked row by row
PHRASES = 20_011
ZERO = {
    "jsonb": "'{}'",
    "boolean": "false",
    "integer": "0",
    "smallint": "0",
    "bigint": "0",
    "bytea": "''",
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "now()",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What `fill` wrote. Number 0 is the large tenant; the others are 1 to `tenants` - 1."""

    tenants: int
    conversations: int
    messages: int

    def tenant(self, number: int = 0) -> UUID:
        return named("tenant", number)

    def slug(self, number: int = 0) -> str:
        return f"t{number}"

    def user(self, place: int, number: int = 0) -> UUID:
        """The account of `membership(place, number)`."""
        return named("user", number, place)

    def membership(self, place: int, number: int = 0) -> UUID:
        """Place 1 is the owner, 2 a supervisor, from 3 on agents, who are in two teams each."""
        return named("membership", number, place)

    def channel(self, number: int = 0) -> UUID:
        """A live web-chat channel."""
        return named("channel", number)

    def last_conversation(self, number: int = 0) -> UUID:
        """Open; in the large tenant the one with `long` messages more than the others."""
        with_long = self.conversations if number == 0 else -1
        return named("conversation", number, with_long)


def named(kind: str, *numbers: int) -> UUID:
    """The id of a seeded row, as the SQL function `named` makes it."""
    return UUID(md5(" ".join([kind, *map(str, numbers)]).encode()).hexdigest())


def fill(
    database_url: str,
    *,
    tenants: int = 200,
    conversations: int = 100_000,
    messages: int = 1_000_000,
    small_conversations: int = 20,
    small_messages: int = 100,
    long: int = 2_000,
    open_share: float = 0.03,
    traffic: bool = True,
    days: int = 365,
) -> Filled:
    """Fill a migrated, empty database of the embedded server. Committed; under two minutes for 1 M.

    The large tenant gets `conversations` and `messages` spread over `days` days until now; the newest
    `open_share` of the conversations (at least 120) are not closed. `traffic` adds done webhooks, deliveries
    and the stream; without it the stream's counter stands at 0. Foreign keys are not checked on the way.
    """
    with psycopg.connect(database_url, user=SUPERUSER) as login:
        login.execute("SET session_replication_role = replica")
        login.execute("SET synchronous_commit = off")
        login.execute("SET maintenance_work_mem = '256MB'")
        login.execute("SET work_mem = '128MB'")
        login.execute("SET search_path = pg_temp, public")
        _prepare(login)
        sizes = [
            tenants,
            conversations,
            messages,
            small_conversations,
            small_messages,
            long,
            open_share,
            days,
        ]
        login.execute(rows.TENANTS, dict(zip(rows.SIZES, sizes, strict=True)))
        for statement in rows.PLANS:
            login.execute(statement)
        dropped = _without_slow_indexes(login)
        for table in rows.TABLES:
            if traffic or not table.traffic:
                _insert(login, table)
        for definition in dropped:
            login.execute(definition)
    _analyse(database_url)
    return Filled(tenants, conversations, messages)


def _prepare(login: psycopg.Connection) -> None:
    login.execute(rows.FUNCTIONS)
    login.execute("CREATE TEMP TABLE seed_phrase (k int PRIMARY KEY, words text)")
    login.execute("CREATE TEMP TABLE seed_name (k int PRIMARY KEY, words text)")
    with login.cursor() as cursor:
        for table, found in (("seed_phrase", sentences(PHRASES)), ("seed_name", names())):
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                for row in enumerate(found):
                    copy.write_row(row)


def _without_slow_indexes(login: psycopg.Connection) -> list[str]:
    """Drop the inverted indexes, which are far faster to build afterwards; what makes them again."""
    found = login.execute(
        "SELECT indexname, indexdef FROM pg_indexes "
        "WHERE schemaname = 'public' AND indexdef LIKE '%USING gin%'"
    ).fetchall()
    for name, _ in found:
        login.execute(sql.SQL("DROP INDEX public.{}").format(sql.Identifier(name)))
    return [definition for _, definition in found]


def _insert(login: psycopg.Connection, table: rows.Table) -> None:
    """The table's rows; columns that it does not name but that must hold something get their type's zero."""
    needed = login.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' "
        "AND is_generated = 'NEVER'",
        [table.name],
    ).fetchall()
    values = {name: ZERO.get(kind, "''") for name, kind in needed} | table.values
    columns = ", ".join(f'"{name}"' for name in values)
    query = f"INSERT INTO public.{table.name} ({columns}) SELECT {', '.join(values.values())} {table.source}"
    login.execute(query.encode())


def _analyse(database_url: str) -> None:
    with psycopg.connect(database_url, user=SUPERUSER, autocommit=True) as login:
        login.execute("VACUUM (ANALYZE)")

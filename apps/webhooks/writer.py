"""Webhooks that wait together are committed together: one statement, one transaction, one flush to disk."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from apps.conversations import hints

MOST_ROWS = 256  # in one transaction
MOST_WAITING = 64 * 1024 * 1024  # bytes of bodies; beyond that the platform is asked to come again
ROUND_SECONDS = 10.0
GATHER_SECONDS = 0.001  # under load, for neighbours: a transaction costs as much as several webhooks
HINT_SECONDS = 0.02  # between two hints: one costs as much as several webhooks

STORE = """
SELECT place FROM door_store_webhooks(
  %b::uuid[], %b::uuid[], %b::bigint[], %b::text[], %b::text[],
  %b::text[], %b::timestamptz[], %b::text[], %b::text[], %b::bytea[])
"""


class NotStored(Exception):
    """The database did not take it now; whether it has become durable all the same is not known."""


@dataclass(frozen=True, slots=True)
class Row:
    """A ReceivedWebhook to be. Either for a channel whose credentials were at `version` when the request was
    verified, or for whichever channel of the deployment's account has `address` on `platform`."""

    id: UUID
    channel_id: UUID | None
    version: int | None
    platform: str
    address: str
    dedup_key: str
    received_at: datetime
    path: str
    headers: str
    raw: bytes


@dataclass(slots=True)
class _Waiting:
    rows: Sequence[Row]
    durable: asyncio.Future[list[bool]]


class Writer:
    """Single-flight: while one transaction commits, what arrives waits for the next. Belongs to one event
    loop, and to one connection that is made when first needed and again when it breaks."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._bytes = 0
        self._round: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._cursor: psycopg.AsyncCursor[Any] | None = None
        self._hinted = 0.0
        self._hint: asyncio.TimerHandle | None = None

    async def store(self, rows: Sequence[Row]) -> list[bool]:
        """For each row whether it is durable now: stored, or there already (I2). False when its channel or
        the version of its credentials is not the present one, or nobody has its address.

        Raises NotStored. Being cancelled meanwhile changes nothing: the answer is known a moment later, and
        a server that stops may still give it.
        """
        if not rows:
            return []
        size = sum(len(row.raw) for row in rows)
        if self._bytes + size > MOST_WAITING:
            raise NotStored("too many wait already")
        mine = _Waiting(rows, asyncio.get_running_loop().create_future())
        self._waiting.append(mine)
        self._bytes += size
        if self._round is None:
            self._round = asyncio.create_task(self._rounds())
        try:
            return await asyncio.shield(mine.durable)
        except asyncio.CancelledError:
            return await mine.durable

    async def close(self) -> None:
        """Finish what waits, then close the connection."""
        if self._round is not None:
            await self._round
        if self._hint is not None:
            self._hint.cancel()
        await self._drop_connection()

    async def _rounds(self) -> None:
        try:
            while self._waiting:
                items = self._take()
                await self._commit(items)
                if len(items) > 1:
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            self._round = None

    def _take(self) -> list[_Waiting]:
        """Everything that waits, in order, as far as one transaction takes it."""
        taken, self._waiting = self._waiting[:MOST_ROWS], self._waiting[MOST_ROWS:]
        self._bytes -= sum(len(row.raw) for item in taken for row in item.rows)
        return taken

    async def _commit(self, items: list[_Waiting]) -> None:
        """One bad row must not fail its neighbours: what fails together is tried again one by one. Not when
        the database is away or somebody holds the table: each would wait as long again."""
        try:
            places = await self._insert([row for item in items for row in item.rows])
        except (psycopg.OperationalError, TimeoutError, OSError) as error:
            _fail(items, error)
            return
        except psycopg.Error as error:
            if len(items) == 1:
                _fail(items, error)
                return
            for item in items:
                await self._commit([item])
            return
        _tell(items, places)
        if places:
            self._wake_worker()

    async def _insert(self, rows: list[Row]) -> set[int]:
        """Positions (from 1) of the rows that are durable. After an error the connection is there only if it
        still works."""
        again = self._connection is not None  # it may have broken while nothing was stored
        try:
            return await self._insert_once(rows)
        except psycopg.OperationalError:
            if not again or (self._connection is not None and not self._connection.broken):
                raise
        except (TimeoutError, OSError):
            await self._drop_connection()
            raise
        await self._drop_connection()
        return await self._insert_once(rows)

    async def _insert_once(self, rows: list[Row]) -> set[int]:
        async with asyncio.timeout(ROUND_SECONDS):
            if self._connection is None or self._cursor is None:
                self._connection = await _connect()
                self._cursor = self._connection.cursor()
            await self._cursor.execute(STORE, _columns(rows), binary=True)
            return {place for (place,) in await self._cursor.fetchall()}

    async def _drop_connection(self) -> None:
        dropped, self._connection, self._cursor = self._connection, None, None
        if dropped is not None:
            await dropped.close()

    def _wake_worker(self) -> None:
        """At once, or a little later when one was sent a moment ago."""
        if self._hint is not None:
            return
        loop = asyncio.get_running_loop()
        self._hint = loop.call_at(max(loop.time(), self._hinted + HINT_SECONDS), self._send_hint)

    def _send_hint(self) -> None:
        self._hint = None
        self._hinted = asyncio.get_running_loop().time()
        hints.webhooks_waiting()


def _columns(rows: list[Row]) -> list[list[Any]]:
    return [
        [row.id for row in rows],
        [row.channel_id for row in rows],
        [row.version for row in rows],
        [row.platform for row in rows],
        [row.address for row in rows],
        [row.dedup_key for row in rows],
        [row.received_at for row in rows],
        [row.path for row in rows],
        [row.headers for row in rows],
        [row.raw for row in rows],
    ]


def _tell(items: list[_Waiting], places: set[int]) -> None:
    first = 1
    for item in items:
        if not item.durable.done():
            item.durable.set_result([first + offset in places for offset in range(len(item.rows))])
        first += len(item.rows)


def _fail(items: list[_Waiting], error: Exception) -> None:
    for item in items:
        if not item.durable.done():
            failure = NotStored(f"{type(error).__name__}: {error}")
            failure.__cause__ = error
            item.durable.set_exception(failure)


async def _connect() -> psycopg.AsyncConnection[Any]:
    """The web process's usual login and role; each statement is a transaction of its own."""
    given = connection.get_connection_params()
    kept = {name: value for name, value in given.items() if name not in {"cursor_factory", "context"}}
    return await psycopg.AsyncConnection.connect(**kept, autocommit=True)

"""Ways to leave a tenant's scope that a pooled connection has to survive clean (facts R9–R11)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, connections, transaction

from apps.core import tenancy
from apps.core.postgres.base import DatabaseWrapper


class Leaving(Exception):
    """On purpose."""


def _raises(error: BaseException) -> Callable[[UUID], None]:
    def leave(tenant: UUID) -> None:
        raise error

    return leave


def _sql(statement: str) -> Callable[[UUID], None]:
    def leave(tenant: UUID) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return leave


def _savepoint_rolled_back(tenant: UUID) -> None:
    try:
        with transaction.atomic(), tenancy.scope(tenant):
            raise Leaving
    except Leaving:
        pass


def _savepoint_released(tenant: UUID) -> None:
    with transaction.atomic(), tenancy.scope(tenant):
        count()


def _marked_for_rollback(tenant: UUID) -> None:
    transaction.set_rollback(True)


def _half_read_generator(tenant: UUID) -> None:
    def rows() -> Generator[int, None, None]:
        with tenancy.scope(tenant):
            yield count()
            yield count()

    half = rows()
    next(half)
    half.close()


POISONS: dict[str, Callable[[UUID], None]] = {
    "success": lambda tenant: None,
    "an exception": _raises(Leaving()),
    "a cancellation": _raises(asyncio.CancelledError()),
    "an interrupt": _raises(KeyboardInterrupt()),
    "an exit": _raises(SystemExit()),
    "a failed statement": _sql("SELECT 1/0"),
    "a timeout": _sql("SET LOCAL statement_timeout = 5; SELECT pg_sleep(1)"),
    "a lock timeout": _sql("SET LOCAL lock_timeout = 1; SELECT pg_advisory_xact_lock(77)"),
    "a savepoint rolled back": _savepoint_rolled_back,
    "a savepoint released": _savepoint_released,
    "a transaction marked for rollback": _marked_for_rollback,
    "a half-read generator": _half_read_generator,
}


def leave_by(name: str, tenant: UUID) -> None:
    """Open the tenant's scope, look at its rows, and leave by the named way."""
    try:
        with tenancy.scope(tenant):
            assert count() > 0, "there is nothing to leak"
            POISONS[name](tenant)
    except (Leaving, asyncio.CancelledError, KeyboardInterrupt, SystemExit, DatabaseError):
        pass


def remains(other: UUID) -> list[str]:
    """What the next user of the connection finds of the one before."""
    found = []
    if tenancy.current() is not None:
        found.append("Python still has a tenant")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        if cursor.fetchone()[0]:
            found.append("the connection still has a tenant")
    if count():
        found.append("rows are seen without a tenant")
    with tenancy.scope(other), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversations_message WHERE tenant_id <> %s", [other])
        if cursor.fetchone()[0]:
            found.append("the next tenant sees rows of the one before")
    return found


def count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversations_message")
        found: int = cursor.fetchone()[0]
        return found


@contextmanager
def pool_of_one() -> Iterator[None]:
    """This thread's database through a real pool with a single connection, so that the next user gets it."""
    settings: dict[str, Any] = deepcopy(connections.settings["default"])
    settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 5}
    settings["CONN_MAX_AGE"] = 0
    before, pooled = connections["default"], DatabaseWrapper(settings, "default")
    connections["default"] = pooled
    try:
        yield
    finally:
        pooled.close()
        pooled.close_pool()
        connections["default"] = before

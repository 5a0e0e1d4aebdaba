"""A scope's transaction begins and knows its tenant in one round trip, or there is no transaction at all."""

from __future__ import annotations

import os
from typing import cast
from unittest import mock
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.pq import TransactionStatus

from apps.core import tenancy
from apps.core.postgres.base import DatabaseWrapper
from tests.isolation.poison import count, pool_of_one, remains
from tests.worlds import World


def of_default() -> DatabaseWrapper:
    return cast(DatabaseWrapper, connections["default"])


def status() -> TransactionStatus:
    return TransactionStatus(connection.connection.info.transaction_status)


def server_side() -> int:
    """The server process that serves this connection."""
    pid: int = connection.connection.info.backend_pid
    return pid


def told() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.tenant_id', true)")
        (found,) = cursor.fetchone()
    return str(found or "")


def test_the_tenant_is_told_with_the_begin(committed_world: World) -> None:
    here = committed_world.filante
    connection.ensure_connection()
    sent: list[str] = []
    execute = connection.connection.execute

    def noting(query: str, **options: object) -> object:
        sent.append(query)
        return execute(query, **options)

    with mock.patch.object(connection.connection, "execute", noting), tenancy.scope(here.id):
        assert sent == [f"BEGIN; SET LOCAL app.tenant_id = '{here.id}'"]
        assert status() == TransactionStatus.INTRANS
        assert told() == str(here.id)
        assert count() == 1
    assert (status(), told(), count()) == (TransactionStatus.IDLE, "", 0)


def test_an_opening_that_fails_leaves_no_transaction_and_the_next_one_works(committed_world: World) -> None:
    """BEGIN was done, the rest was not: half a transaction must serve nobody."""
    here, seen = committed_world.filante, []
    connection.ensure_connection()
    before = server_side()
    failing = mock.patch.object(tenancy, "_telling", lambda tenant: f"SET LOCAL no.such.thing.{tenant} = 1")
    with failing, pytest.raises(DatabaseError) as raised, tenancy.scope(here.id):
        seen.append("the block ran")
    assert seen == []
    assert vars(raised.value)["tenant_id"] == here.id
    assert (tenancy.current(), connection.in_atomic_block, connection.connection) == (None, False, None)
    with tenancy.scope(here.id):
        assert count() == 1
    assert server_side() != before


def test_an_interrupt_while_it_opens_leaves_nothing(committed_world: World) -> None:
    """The server did what it was told; the process was stopped before it read so."""
    here, there = committed_world.filante, committed_world.garance
    with pool_of_one():
        connection.ensure_connection()
        execute = connection.connection.execute

        def interrupted(query: str, **options: object) -> object:
            execute(query, **options)
            raise KeyboardInterrupt

        stop = mock.patch.object(connection.connection, "execute", interrupted)
        with stop, pytest.raises(KeyboardInterrupt), tenancy.scope(here.id):
            raise AssertionError("the block ran")
        assert remains(there.id) == []


def test_words_meant_for_one_transaction_are_not_said_in_the_next(committed_world: World) -> None:
    here = committed_world.filante
    unreachable = mock.patch.object(DatabaseWrapper, "set_autocommit", side_effect=OperationalError("gone"))
    with unreachable, pytest.raises(OperationalError, match="gone"), tenancy.scope(here.id):
        raise AssertionError("the block ran")
    with transaction.atomic():
        assert (told(), count()) == ("", 0)


def test_a_lost_connection_is_said_once_and_replaced(committed_world: World) -> None:
    here = committed_world.filante
    with tenancy.scope(here.id):
        gone = server_side()
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:
        login.execute("SELECT pg_terminate_backend(%s)", [gone])
    with pytest.raises(OperationalError), tenancy.scope(here.id):
        raise AssertionError("the block ran")
    with tenancy.scope(here.id):
        assert (count(), server_side() != gone) == (1, True)


def test_inside_another_transaction_it_is_a_savepoint_that_is_told_and_told_again(
    committed_world: World,
) -> None:
    here = committed_world.filante
    with transaction.atomic():
        assert count() == 0
        with tenancy.scope(here.id):
            assert (told(), count()) == (str(here.id), 1)
        assert (told(), count()) == ("", 0)


def test_rolled_back_and_committed_as_ever(committed_world: World) -> None:
    """The driver stays in its own autocommit; COMMIT and ROLLBACK must not believe that nothing is open."""
    here = committed_world.filante

    def names() -> list[str]:
        with tenancy.scope(here.id), connection.cursor() as cursor:
            cursor.execute("SELECT tag FROM conversations_conversation WHERE id = %s", [conversation])
            return [name for (name,) in cursor.fetchall()]

    def rename(to: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE conversations_conversation SET tag = %s WHERE id = %s", [to, conversation])
            assert cursor.rowcount == 1

    conversation = here.conversation.pk
    with tenancy.scope(here.id):
        rename("kept")
    with pytest.raises(ValueError, match="on purpose"), tenancy.scope(here.id):
        rename("dropped")
        raise ValueError("on purpose")
    with tenancy.scope(here.id):
        with pytest.raises(ValueError, match="inner"), transaction.atomic():
            rename("of a savepoint")
            raise ValueError("inner")
        assert status() == TransactionStatus.INTRANS
    assert names() == ["kept"]


@pytest.mark.parametrize("words", ["", "garance", "'; RESET ROLE; --", f"{UUID(int=7)}'"])
def test_only_an_id_is_ever_said(committed_world: World, words: str) -> None:
    refused = pytest.raises(ValueError, match="badly formed")
    with CaptureQueriesContext(connection) as asked, refused, tenancy.scope(cast(UUID, words)):
        raise AssertionError("the block ran")
    assert list(asked) == []


def test_digits_of_another_script_are_written_as_ours(committed_world: World) -> None:
    """`int` reads them all, so `UUID` does; what is told is what `UUID` writes."""
    with tenancy.scope(cast(UUID, "\u0661" * 32)):
        assert told() == "11111111-1111-1111-1111-111111111111"


def test_other_transactions_begin_with_their_first_statement(committed_world: World) -> None:
    connection.ensure_connection()
    with transaction.atomic():
        assert status() == TransactionStatus.IDLE
        count()
        assert status() == TransactionStatus.INTRANS
    assert of_default()._first_words == ""

"""The database's times as Python sees them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, connections
from psycopg import adapters
from psycopg.postgres import types

from apps.conversations.models import Conversation
from apps.core import tenancy
from tests.worlds import World

MOMENTS = {
    "2026-11-22 09:25:27.000001+00": datetime(2026, 11, 22, 9, 25, 27, 1, tzinfo=UTC),
    "1999-12-31 23:59:59.5+05:30": datetime(1999, 12, 31, 18, 29, 59, 500_000, tzinfo=UTC),
    "0044-03-15 12:00:00+00": datetime(44, 3, 15, 12, tzinfo=UTC),
}


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("words", MOMENTS)
@pytest.mark.django_db(databases=["default", "operator"])
def test_times_are_in_utc(alias: str, words: str) -> None:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [words])
        (found,) = cursor.fetchone() or (None,)
    assert found == MOMENTS[words]
    assert found.tzinfo is UTC


def test_the_compiled_reader_is_used(world: World) -> None:
    oid = types["timestamptz"].oid
    with tenancy.scope(world.filante.id):
        assert Conversation.objects.get(pk=world.filante.conversation.pk).opened_at.tzinfo is UTC
    used = connection.connection.adapters.get_loader(oid, 0)
    assert used is adapters.get_loader(oid, 0)
    assert used is not None
    assert used.__module__.endswith("_psycopg")


@pytest.mark.django_db
def test_a_cursor_on_the_server_is_refused() -> None:
    connection.ensure_connection()
    with pytest.raises(RuntimeError, match="DISABLE_SERVER_SIDE_CURSORS"):
        connection.create_cursor("named")

"""Statements of every message: planned once for a connection, and never for another tenant's eyes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.conversations.models import Contact
from apps.core import planned, rows, tenancy
from config.settings import PLANNED_AFTER
from tests.worlds import World


def statements() -> dict[str, int]:
    """Those that the server keeps for this connection, and how often it ran each by its one plan."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans FROM pg_prepared_statements WHERE NOT from_sql")
        return dict(cursor.fetchall())


@pytest.fixture
def one_plan(world: World) -> None:
    """The database may prefer a plan for each value, by what it remembers of rows long gone; not here."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")


@pytest.mark.usefixtures("one_plan")
def test_one_plan_serves_both_tenants_and_shows_each_its_own(world: World) -> None:
    for _ in range(PLANNED_AFTER + 8):
        for side in (world.filante, world.garance):
            with tenancy.scope(side.id):
                assert rows.select(Contact, "true", []) == list(Contact.objects.order_by("id"))
                planned_for = {contact.tenant_id for contact in rows.select(Contact, "t.id IS NOT NULL", [])}
                assert planned_for == {side.id}
    used = [times for text, times in statements().items() if 'FROM "conversations_contact"' in text]
    assert len(used) >= 2
    assert all(used)


@pytest.mark.usefixtures("one_plan")
def test_a_plan_made_for_one_tenant_refuses_another_tenants_key(world: World) -> None:
    """The tenant's condition is left to row-level security alone."""
    with tenancy.scope(world.garance.id):
        theirs = Contact.objects.get().pk
    for _ in range(PLANNED_AFTER + 8):
        with tenancy.scope(world.garance.id), planned.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM conversations_contact WHERE id = %s", [theirs])
            assert cursor.fetchone() == (1,)
        with tenancy.scope(world.filante.id), planned.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM conversations_contact WHERE id = %s", [theirs])
            assert cursor.fetchone() == (0,)
    with planned.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM conversations_contact WHERE id = %s", [theirs])
        assert cursor.fetchone() == (0,)


def test_they_are_counted_among_the_queries(world: World) -> None:
    with tenancy.scope(world.filante.id), CaptureQueriesContext(connection) as asked:
        rows.select(Contact, "true", [])
    assert len(asked) == 1


@pytest.mark.parametrize("after", [PLANNED_AFTER, None])
def test_a_pooler_that_keeps_none_gets_none(world: World, after: int | None) -> None:
    assert connection.get_connection_params()["prepare_threshold"] == PLANNED_AFTER
    text = f"SELECT {after or 0} AS once FROM conversations_contact"
    driver = connection.connection
    driver.prepare_threshold = after  # as PREPARED_STATEMENTS=false makes it
    try:
        for _ in range(PLANNED_AFTER + 3):
            with tenancy.scope(world.filante.id), planned.cursor() as cursor:
                cursor.execute(text)
                assert len(cursor.fetchall()) == 1
    finally:
        driver.prepare_threshold = PLANNED_AFTER
    assert (text in statements()) is (after is not None)

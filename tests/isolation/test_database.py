"""As the application's role, table by table from the catalogue: nothing is seen, changed, moved, added or
referred to across tenants, and another tenant's values never stand in the way of one's own (R3–R5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg.errors
import pytest
from django.db import Error, connection, transaction

from apps.core import tenancy
from tests.isolation.arena import Arena
from tests.isolation.catalogue import GLOBAL_UNIQUES, ask, tenant_tables
from tests.isolation.tally import TALLY

TABLES = sorted(tenant_tables())
KEYS = [
    (table, column, target)
    for table, column, target in ask(
        "SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey) "
        "WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND a.attname <> 'tenant_id' "
        "ORDER BY 1, 2"
    )
    if {table, target} <= set(TABLES)
]
WITHOUT_ID = {"conversations_streamcounter"}  # the tenant is its key
Row = dict[str, Any]


def owner_of(table: str) -> str:
    return "id" if table == "tenants_tenant" else "tenant_id"


@contextmanager
def undone(tenant_id: UUID | None) -> Iterator[Any]:
    """A cursor in the tenant's scope, or in none; whatever it does is rolled back."""
    with transaction.atomic():
        if tenant_id is None:
            with connection.cursor() as cursor:
                yield cursor
        else:
            with tenancy.scope(tenant_id), connection.cursor() as cursor:
                yield cursor
        transaction.set_rollback(True)


def row_of(table: str, tenant_id: UUID) -> Row:
    with undone(tenant_id) as cursor:
        cursor.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY t::text LIMIT 1")
        found = cursor.fetchone()[0]
        return json.loads(found) if isinstance(found, str) else dict(found)


def add(cursor: Any, table: str, row: Row) -> str:
    """The name of what refuses the row, "" when it is taken; foreign keys are checked at once."""
    try:
        with transaction.atomic():
            cursor.execute(f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s)).*",
                           [json.dumps(row)])  # fmt: skip
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except Error as error:
        cause = error.__cause__
        assert isinstance(cause, psycopg.Error)
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            return "privilege" if "permission denied" in str(cause) else "row security"
        return cause.diag.constraint_name or type(cause).__name__
    return ""


def touched(cursor: Any, statement: str, *values: object) -> int:
    """How many rows the statement reached; none when the role may not at all."""
    try:
        with transaction.atomic():
            cursor.execute(statement, values)
            return int(cursor.rowcount)
    except Error as error:
        refused = psycopg.errors.InsufficientPrivilege
        assert isinstance(error.__cause__, refused), error
        return 0


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_seen_without_a_tenant_or_in_another(field: Arena, table: str) -> None:
    seen = {}
    there, column = field.victim.id, owner_of(table)
    for name, tenant in (("nobody", None), ("attacker", field.attacker.id)):
        with undone(tenant) as cursor:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [there])
            seen[name] = cursor.fetchone()[0]
    with undone(there) as cursor:
        cursor.execute(f"SELECT count(*) > 0, count(*) FILTER (WHERE {column} <> %s) FROM {table}", [there])
        assert cursor.fetchone() == (True, 0), "there is nothing to leak"
    words = [f"{who} sees {count} rows" for who, count in seen.items() if count]
    assert TALLY.count("tables", table, 3, words) == []


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_changed_taken_away_or_moved(field: Arena, table: str) -> None:
    here, there, column = field.attacker.id, field.victim.id, owner_of(table)
    key = column if table in WITHOUT_ID else "id"
    victim = row_of(table, there)[key]
    found = []
    for tenant in (None, here):
        with undone(tenant) as cursor:
            for words, statement, values in (
                ("changed", f"UPDATE {table} SET {key} = {key} WHERE {column} = %s", (there,)),
                ("changed by id", f"UPDATE {table} SET {key} = {key} WHERE {key} = %s", (victim,)),
                ("deleted", f"DELETE FROM {table} WHERE {column} = %s", (there,)),
            ):
                if touched(cursor, statement, *values):
                    found.append(f"rows are {words}")
    with undone(here) as cursor:
        try:
            if touched(cursor, f"UPDATE {table} SET {column} = %s", there):
                found.append("rows are moved to the victim")
        except AssertionError as error:  # another constraint refused first: nothing moved
            assert "violates" in str(error)
    assert TALLY.count("tables", table, 7, found) == []


@pytest.mark.parametrize("table", TABLES)
def test_nothing_is_put_into_another_tenant(field: Arena, table: str) -> None:
    """R5."""
    there = field.victim.id
    row = row_of(table, there)
    if table != "tenants_tenant":
        row["id"] = str(uuid4())
    found = []
    for tenant in (None, field.attacker.id):
        with undone(tenant) as cursor:
            refusal = add(cursor, table, row)
            if refusal not in ("row security", "privilege"):
                found.append(f"a row is refused by {refusal!r} instead of row security")
    assert TALLY.count("tables", table, 2, found) == []


@pytest.mark.parametrize(("table", "column", "target"), KEYS)
def test_no_row_refers_to_another_tenants(field: Arena, table: str, column: str, target: str) -> None:
    """R3: foreign-key checks look past row security, so each key carries the tenant."""
    row = {**row_of(table, field.attacker.id), "id": str(uuid4())}
    row[column] = row_of(target, field.victim.id)["id"]
    with undone(field.attacker.id) as cursor:
        refusal = add(cursor, table, row)
    allowed = {f"{table}_{column}_same_tenant", "privilege"} | own_conflicts(table)
    found = [] if refusal in allowed else [f"refused by {refusal!r}"]
    assert TALLY.count("keys between tables", f"{table}.{column}", 1, found) == []


@pytest.mark.parametrize("table", sorted({*TABLES} - {"tenants_tenant"} - WITHOUT_ID))
def test_another_tenants_values_are_no_conflict(field: Arena, table: str) -> None:
    """R4: a unique key over all tenants tells what others have, and lets one block another."""
    own = row_of(table, field.attacker.id)
    keys = [column for owner, column, _ in KEYS if owner == table]
    copy = {**row_of(table, field.victim.id), **{column: own[column] for column in keys}}
    copy |= {"id": str(uuid4()), "tenant_id": str(field.attacker.id)}
    with undone(field.attacker.id) as cursor:
        refusal = add(cursor, table, copy)
    allowed = {"", "privilege"} | own_conflicts(table)
    found = [] if refusal in allowed else [f"the victim's values are refused by {refusal!r}"]
    assert TALLY.count("unique keys", table, 1, found) == []


def own_conflicts(table: str) -> set[str]:
    """Its keys that begin with the tenant: what they refuse is the attacker's own."""
    rows = ask(
        "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0] "
        "WHERE x.indisunique AND x.indrelid = %s::regclass AND a.attname = 'tenant_id'",
        table,
    )
    checks = ask("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", table)
    return {name for (name,) in (*rows, *checks)} - set(GLOBAL_UNIQUES)

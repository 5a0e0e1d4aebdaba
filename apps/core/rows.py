"""Rows of one table with one statement, for what happens with every message.

As the ORM would, without building the statement anew each time: one array per column where it sends a value
per row and field, so that the text stays the same for two rows and for a hundred. One row alone is written by
its key: arrays take PostgreSQL twice the time to plan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from apps.core import planned, tenancy
from apps.core.models import TenantModel

LOCKED = "ORDER BY t.id FOR NO KEY UPDATE OF t"

Values = Sequence[Any]
M = TypeVar("M", bound=TenantModel)
Field = models.Field[Any, Any]
Convert = Callable[..., Any]


def select(model: type[M], condition: str, values: Values, *, end: str = "ORDER BY t.id") -> list[M]:
    """Rows of the open scope's tenant for which `condition` holds; the table is `t` in it and in `end`."""
    return [row for (row,) in _selected(model, "", condition, values, end)]


def select_with(
    model: type[M], name: str, condition: str, values: Values, *, end: str = "ORDER BY t.id"
) -> list[M]:
    """As `select`, each row with what its foreign key `name`, which may not be null, points at (`o`)."""
    found = []
    for row, other in _selected(model, name, condition, values, end):
        setattr(row, name, other)
        found.append(row)
    return found


def update(rows: Sequence[TenantModel], fields: Sequence[str]) -> None:
    """Write `fields` of `rows`, all of one model and of the open scope's tenant, with one UPDATE.

    A row that is gone is left out. Lock the rows before, in an order that every writer shares.
    """
    if not rows:
        return
    model, names = type(rows[0]), tuple(fields)
    with planned.cursor() as cursor:
        if len(rows) == 1:
            statement, columns = _updating_one(model, names)
            cursor.execute(statement, [*_written(rows[0], columns), rows[0].pk, tenancy.require()])
        else:
            statement, columns = _updating(model, ("id", *names))
            arrays = zip(*(_written(row, columns) for row in rows), strict=True)
            cursor.execute(statement, [*map(list, arrays), tenancy.require()])


def insert(rows: Sequence[TenantModel]) -> None:
    """Store new `rows`, all of one model, in their order with one INSERT. Raises IntegrityError."""
    if not rows:
        return
    model = type(rows[0])
    values = added(rows, stored(model))
    with planned.cursor() as cursor:
        if len(rows) == 1:
            cursor.execute(_inserting_one(model), [value for (value,) in values])
        else:
            cursor.execute(_inserting(model), values)
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


@cache
def stored(model: type[TenantModel]) -> tuple[Field, ...]:
    """The columns of a table."""
    return tuple(model._meta.concrete_fields)


def given(columns: Sequence[Field]) -> str:
    """A row source that takes one array per column as its parameters."""
    return f"unnest({', '.join(f'%s::{_type(column)}[]' for column in columns)})"


def added(rows: Sequence[TenantModel], columns: Sequence[Field]) -> list[list[Any]]:
    """Those arrays, of rows that are new."""
    ours = connections[DEFAULT_DB_ALIAS]
    return [[column.get_db_prep_save(column.pre_save(row, True), ours) for row in rows] for column in columns]


def _written(row: TenantModel, columns: Sequence[Field]) -> list[Any]:
    ours = connections[DEFAULT_DB_ALIAS]
    return [column.get_db_prep_save(getattr(row, column.attname), ours) for column in columns]


@cache
def _updating_one(model: type[TenantModel], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    columns = [_field(model, name) for name in names]
    changes = ", ".join(f"{_quoted(column)} = %s" for column in columns)
    return f"UPDATE {_table(model)} SET {changes} WHERE id = %s AND tenant_id = %s", columns


@cache
def _updating(model: type[TenantModel], names: tuple[str, ...]) -> tuple[str, list[Field]]:
    columns = [_field(model, name) for name in names]
    quoted = [_quoted(column) for column in columns]
    changes = ", ".join(f"{name} = v.{name}" for name in quoted[1:])
    statement = (
        f"UPDATE {_table(model)} AS t SET {changes} "
        f"FROM {given(columns)} AS v({', '.join(quoted)}) WHERE t.id = v.id AND t.tenant_id = %s"
    )
    return statement, columns


@cache
def _inserting_one(model: type[TenantModel]) -> str:
    columns = stored(model)
    places = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {_table(model)} ({', '.join(map(_quoted, columns))}) VALUES ({places})"


@cache
def _inserting(model: type[TenantModel]) -> str:
    columns = stored(model)
    names = ", ".join(_quoted(column) for column in columns)
    return f"INSERT INTO {_table(model)} ({names}) SELECT * FROM {given(columns)}"


def _selected(model: type[M], name: str, condition: str, values: Values, end: str) -> list[tuple[Any, ...]]:
    statement = f"{_selecting(model, name)} AND ({condition}) {end}"
    with planned.cursor() as cursor:
        cursor.execute(statement, [tenancy.require(), *values])
        found = cursor.fetchall()
    width = len(stored(model))
    if not name:
        return [(_made(model, row),) for row in found]
    other = _pointed_at(model, name)
    return [(_made(model, row[:width]), _made(other, row[width:])) for row in found]


@cache
def _selecting(model: type[TenantModel], name: str) -> str:
    columns = [f"t.{_quoted(column)}" for column in stored(model)]
    joined = ""
    if name:
        other = _pointed_at(model, name)
        columns += [f"o.{_quoted(column)}" for column in stored(other)]
        key = _quoted(_field(model, name))
        joined = f" JOIN {_table(other)} o ON o.tenant_id = t.tenant_id AND o.id = t.{key}"
    return f"SELECT {', '.join(columns)} FROM {_table(model)} t{joined} WHERE t.tenant_id = %s"


def _pointed_at(model: type[TenantModel], name: str) -> type[TenantModel]:
    other = _field(model, name).related_model
    assert isinstance(other, type) and issubclass(other, TenantModel)
    return other


def _made(model: type[M], values: Values) -> M:
    read = list(values)
    for place, converters in _converters(model):
        for convert in converters:
            read[place] = convert(read[place], None, connection)
    row: M = model.from_db(DEFAULT_DB_ALIAS, _names(model), read)
    return row


@cache
def _names(model: type[TenantModel]) -> tuple[str, ...]:
    return tuple(column.attname for column in stored(model))


@cache
def _converters(model: type[TenantModel]) -> list[tuple[int, list[Convert]]]:
    """What makes Python's values of the driver's, by place (JSON comes as text)."""
    found = [(place, column.get_db_converters(connection)) for place, column in enumerate(stored(model))]
    return [(place, converters) for place, converters in found if converters]


def _field(model: type[TenantModel], name: str) -> Field:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    return field


def _quoted(field: Field) -> str:
    return connection.ops.quote_name(str(field.column))


def _table(model: type[TenantModel]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _type(field: Field) -> str:
    """Without a length: a cast to varchar(9) would cut silently what the column refuses."""
    return (field.db_type(connection) or "").partition("(")[0]

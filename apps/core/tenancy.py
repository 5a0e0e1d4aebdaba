"""Whose data is being looked at. The only way in is `scope`; without it queries raise (invariant I6).

The tenant lives in a context variable for Python and in a transaction-local setting for PostgreSQL's
row-level security (RELIABILITY 3 and 6.11). A scope is one transaction. What must be written by its last
statements is given to `collect`; what may only happen once it is durable to `transaction.on_commit`,
which runs outside any tenant (fact R12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from apps.core.postgres.base import DatabaseWrapper

OPERATOR = "operator"


class NoTenant(RuntimeError):
    """Tenant data was asked for outside any scope."""


class TenantSwitch(RuntimeError):
    """A scope was opened inside another tenant's scope (fact R11: releasing a savepoint keeps the inner)."""


Flush = Callable[[list[Any]], None]


@dataclass(slots=True)
class _Scope:
    tenant_id: UUID
    collected: dict[Flush, list[Any]] = field(default_factory=dict)

    def lengths(self) -> dict[Flush, int]:
        return {flush: len(items) for flush, items in self.collected.items()}

    def cut_back(self, lengths: dict[Flush, int]) -> None:
        for flush, items in self.collected.items():
            del items[lengths.get(flush, 0) :]


_scope: ContextVar[_Scope | None] = ContextVar("tenant_scope", default=None)
_operator: ContextVar[bool] = ContextVar("operator", default=False)


@contextmanager
def scope(tenant_id: UUID) -> Iterator[None]:
    """Open `tenant_id`'s data for the block, in one transaction that commits at its end.

    Inside a scope of the same tenant it joins it (one transaction, committed by the outer block).
    Raises TenantSwitch inside another tenant's scope and inside the operator's view.
    """
    current = _scope.get()
    if current is not None:
        if current.tenant_id != tenant_id:
            raise TenantSwitch(f"scope of {tenant_id} inside scope of {current.tenant_id}")
        yield from _inner(current)
        return
    if _operator.get():
        raise TenantSwitch("a tenant's scope inside the operator's view")
    opened = _Scope(tenant_id)
    try:
        with _transaction_of(tenant_id):
            token = _scope.set(opened)
            try:
                yield
                for flush, items in opened.collected.items():
                    if items:
                        flush(items)
            finally:
                _scope.reset(token)
    except BaseException as error:
        vars(error)["tenant_id"] = tenant_id  # for the log, which is written outside the scope
        raise


@contextmanager
def operator() -> Iterator[None]:
    """Look at operational tables of every tenant through the operator's database role (Django admin only).

    That role cannot read content: it has no privilege on messages, notes, attachments or credentials.
    """
    if _scope.get() is not None:
        raise TenantSwitch("operator's view inside a tenant's scope")
    token = _operator.set(True)
    try:
        yield
    finally:
        _operator.reset(token)


def is_operator() -> bool:
    return _operator.get()


def current() -> UUID | None:
    """The tenant of the open scope, None outside."""
    opened = _scope.get()
    return opened.tenant_id if opened else None


def require() -> UUID:
    """The tenant of the open scope. Raises NoTenant outside."""
    opened = _scope.get()
    if opened is None:
        raise NoTenant("tenant data outside tenancy.scope()")
    return opened.tenant_id


def collect(flush: Flush, item: Any) -> None:
    """Keep `item` for the end of the scope: `flush(items)` runs once, among its last statements.

    Items of an inner scope that ends by an exception are dropped, as its rows are. Raises NoTenant
    outside a scope.
    """
    opened = _scope.get()
    if opened is None:
        raise NoTenant("collect outside tenancy.scope()")
    opened.collected.setdefault(flush, []).append(item)


def collected(flush: Flush) -> list[Any]:
    """What the open scope keeps for `flush` so far. Raises NoTenant outside a scope."""
    opened = _scope.get()
    if opened is None:
        raise NoTenant("collected outside tenancy.scope()")
    return list(opened.collected.get(flush, ()))


def _inner(outer: _Scope) -> Iterator[None]:
    before = outer.lengths()
    try:
        with transaction.atomic():
            yield
    except BaseException:
        outer.cut_back(before)
        raise


@contextmanager
def _transaction_of(tenant_id: UUID) -> Iterator[None]:
    """One transaction, or a savepoint of the one that runs, in which PostgreSQL knows the tenant.

    A transaction of its own is told in the round trip that begins it. A released savepoint would keep the
    tenant (fact R11), so that one is told again at its end.
    """
    telling = _telling(str(UUID(str(tenant_id))))
    if connection.get_autocommit():
        with cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS]).begun_with(telling):
            yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(telling)
        yield
        cursor.execute(_telling(""))


def _telling(tenant: str) -> str:
    """`tenant` is an id as UUID writes it, or nothing: it stands in the statement as it is."""
    return f"SET LOCAL app.tenant_id = '{tenant}'"


class OperatorRouter:
    """Sends every query of the operator's view through the operator's connection."""

    def db_for_read(self, model: type, **hints: object) -> str | None:
        return OPERATOR if _operator.get() else None

    db_for_write = db_for_read

    def allow_relation(self, *_: object, **__: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        return db != OPERATOR

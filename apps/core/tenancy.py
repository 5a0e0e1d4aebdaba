"""Whose data is being looked at. The only way in is `scope`; without it queries raise (invariant I6).

The tenant lives in a context variable for Python and in a transaction-local setting for PostgreSQL's
row-level security (RELIABILITY 3 and 6.11). A scope is one transaction. What must be the last statements
of it registers with `before_commit`; what may only happen once it is durable with
`transaction.on_commit`, which runs outside any tenant (fact R12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction

OPERATOR = "operator"


class NoTenant(RuntimeError):
    """Tenant data was asked for outside any scope."""


class TenantSwitch(RuntimeError):
    """A scope was opened inside another tenant's scope (fact R11: releasing a savepoint keeps the inner)."""


@dataclass(slots=True)
class _Scope:
    tenant_id: UUID
    last: dict[object, Callable[[], None]] = field(default_factory=dict)


_scope: ContextVar[_Scope | None] = ContextVar("tenant_scope", default=None)
_operator: ContextVar[bool] = ContextVar("operator", default=False)


@contextmanager
def scope(tenant_id: UUID) -> Iterator[None]:
    """Open `tenant_id`'s data for the block, in one transaction that commits at its end.

    Inside a scope of the same tenant it joins it (one transaction, committed by the outer block).
    Raises TenantSwitch inside another tenant's scope.
    """
    current = _scope.get()
    if current is not None:
        if current.tenant_id != tenant_id:
            raise TenantSwitch(f"scope of {tenant_id} inside scope of {current.tenant_id}")
        with transaction.atomic():
            yield
        return
    opened = _Scope(tenant_id)
    token = _scope.set(opened)
    try:
        with transaction.atomic():
            _tell_database(str(tenant_id))
            yield
            for last in opened.last.values():
                last()
            if _joined_outer_transaction():
                _tell_database("")
    finally:
        _scope.reset(token)


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


def before_commit(key: object, run: Callable[[], None]) -> None:
    """Run once, as the last thing of the scope's transaction; a second call with the same key is dropped.

    Raises NoTenant outside a scope. Not run when the scope ends by an exception.
    """
    opened = _scope.get()
    if opened is None:
        raise NoTenant("before_commit outside tenancy.scope()")
    opened.last.setdefault(key, run)


def _tell_database(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [value])


def _joined_outer_transaction() -> bool:
    """True when leaving the scope only releases a savepoint, which would keep the tenant (fact R11)."""
    return len(connection.savepoint_ids) > 0


class OperatorRouter:
    """Sends every query of the operator's view through the operator's connection."""

    def db_for_read(self, model: type, **hints: object) -> str | None:
        return OPERATOR if _operator.get() else None

    db_for_write = db_for_read

    def allow_relation(self, *_: object, **__: object) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        return db != OPERATOR

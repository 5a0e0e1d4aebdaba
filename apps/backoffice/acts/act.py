"""What an operator may do to chosen rows: named, confirmed, with a reason, on the tenant's record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise

from apps.tenants.models import User


@dataclass(frozen=True, slots=True)
class Doer:
    """The operator who acts, and why."""

    user: User
    reason: str

    @property
    def email(self) -> str:
        return self.user.email


Perform = Callable[[Sequence[UUID], Doer], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`perform(ids, doer)` returns how many rows it changed and is idempotent. It runs in the scope of the
    rows' tenant, once for each; for people, who belong to no tenant, outside any."""

    slug: str
    model: type[Model]
    title: str | Promise
    meaning: str | Promise
    perform: Perform

    @property
    def named(self) -> bool:
        """Whether a row's words say which it is."""
        return self.model.__str__ is not Model.__str__

"""The base of every table that belongs to a tenant."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models

from apps.core import tenancy
from apps.core.ids import new_id

M = TypeVar("M", bound=models.Model)


class TenantManager(models.Manager[M]):
    """Rows of the open scope's tenant. Raises NoTenant without one, except in the operator's view."""

    def get_queryset(self) -> models.QuerySet[M]:
        rows = super().get_queryset()
        if tenancy.is_operator():
            return rows
        return rows.filter(tenant_id=tenancy.require())


class OwnerKey(models.ForeignKey[Any, Any]):
    """The tenant a row belongs to, filled from the open scope.

    Migrations run outside any scope, so they must not see the default.
    """

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **options: Any) -> None:
        if cls.__module__ != "__fake__":
            self.default = tenancy.require
        super().contribute_to_class(cls, name, *args, **options)

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options.pop("default", None)
        return name, path, args, options


class TenantModel(models.Model):
    """One tenant's row. `tenant` is filled from the open scope; the database refuses any other."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = OwnerKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+", editable=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


def same_tenant_key(model: str, **options: Any) -> models.ForeignKey[Any, Any]:
    """A foreign key whose constraint is composite, (tenant_id, x) -> (tenant_id, id), made by migration.

    Plain foreign keys are checked without row-level security (fact R3), so Django's own is left out. Where
    another index begins with (tenant, x), say `db_index=False`: an index of x alone costs each insert, and
    misleads the planner where one value has most of the rows (a channel's messages).
    """
    options.setdefault("on_delete", models.CASCADE)
    options.setdefault("related_name", "+")
    return models.ForeignKey(model, db_constraint=False, **options)

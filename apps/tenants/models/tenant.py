"""One company's private space ("business" in the interface)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from apps.core import tenancy
from apps.core.ids import new_id


class TenantRows(models.Manager["Tenant"]):
    """The open scope's own tenant; every tenant in the operator's view. Raises NoTenant otherwise."""

    def get_queryset(self) -> models.QuerySet[Tenant]:
        rows = super().get_queryset()
        return rows if tenancy.is_operator() else rows.filter(pk=tenancy.require())


class TenantState(models.TextChoices):
    ACTIVE = "active"
    SUSPENDED = "suspended"  # still receives and stores, cannot send


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=TenantState, default=TenantState.ACTIVE)
    locale = models.CharField(max_length=10, default="en")
    colour = models.CharField(max_length=7, default="#17543e")
    is_sandbox = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[TenantRows] = TenantRows()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.name

    @property
    def may_send(self) -> bool:
        return self.state == TenantState.ACTIVE

"""Rules that send a routing tag to a team."""

from __future__ import annotations

from django.db import models

from apps.core.models import TenantModel, same_tenant_key


class RoutingRule(TenantModel):
    tag = models.CharField(max_length=64)
    team = same_tenant_key("tenants.Team")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "tag"], name="routing_rule_once")]

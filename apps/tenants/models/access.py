"""Ways in besides a membership: a program's token, an operator's time-boxed support grant."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key
from apps.tenants.models.people import Role
from apps.tenants.models.user import User


class ApiToken(TenantModel):
    """A tenant's program may act with `role` until `expires_at`. Only the hash is stored."""

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    token_hash = models.BinaryField(max_length=32)
    hint = models.CharField(max_length=4)
    created_by = same_tenant_key("tenants.Membership", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="api_token_once")]

    @property
    def usable(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class SupportGrant(TenantModel):
    """An operator may read this tenant's content from `created_at` to `ends_at`, for a named reason."""

    operator = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"

    @property
    def open(self) -> bool:
        return self.ended_at is None and self.ends_at > timezone.now()

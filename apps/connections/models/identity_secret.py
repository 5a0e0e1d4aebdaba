"""What a site signs its known customers with."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class IdentitySecret(TenantModel):
    """What an entry point's identities are signed with, sealed. The one before stays good until
    `former_until`, so that a site can change it without a gap."""

    entry_point = same_tenant_key("connections.EntryPoint")
    sealed = models.BinaryField()
    hint = models.CharField(max_length=4)
    former_sealed = models.BinaryField(null=True)
    former_until = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry_point"], name="entry_point_secret_once")
        ]

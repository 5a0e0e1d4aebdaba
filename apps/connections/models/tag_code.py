"""What a platform made for a tag."""

from __future__ import annotations

from django.db import models

from apps.core.models import TenantModel, same_tenant_key


class TagCode(TenantModel):
    """The link that a QR code says to reach `channel` under `tag`, where only the platform can make one."""

    channel = same_tenant_key("connections.Channel", related_name="codes", db_index=False)
    tag = models.CharField(max_length=64)
    link = models.CharField(max_length=500)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "channel", "tag"], name="tag_code_once")]

    def __str__(self) -> str:
        return self.tag

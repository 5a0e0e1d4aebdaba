"""Visitors of the web chat, files they have not sent yet, secrets that prove who a known customer is."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class Visitor(TenantModel):
    """One browser or app that holds a token for one entry point.

    `value` is who it is on the channel: the `ContactAddress.value` of everything it says. Devices of one
    known customer share it. `external_id` is the business's own id of the customer, only ever set from a
    verified identity. After a rotation the token before stays good until `former_until`, so that two tabs
    do not throw each other out.
    """

    channel = same_tenant_key("connections.Channel")
    entry_point = same_tenant_key("connections.EntryPoint")
    value = models.CharField(max_length=64)
    external_id = models.CharField(max_length=200, blank=True)
    locale = models.CharField(max_length=20, blank=True)
    token_hash = models.BinaryField(max_length=32)
    former_hash = models.BinaryField(max_length=32, null=True)
    former_until = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="visitor_token_once")]
        indexes = [
            models.Index(fields=["token_hash"], name="visitor_token"),
            models.Index(
                fields=["former_hash"],
                condition=models.Q(former_hash__isnull=False),
                name="visitor_former_token",
            ),
            models.Index(fields=["tenant", "channel", "value"], name="visitor_value"),
        ]

    @property
    def home(self) -> UUID:
        """The tenant's id, for use outside its scope."""
        tenant_id: UUID = self.tenant_id  # type: ignore[assignment]  # never None: the column is not
        return tenant_id


class Upload(TenantModel):
    """A visitor's file that is not part of a message yet; stored as `conversations.files` stores all."""

    visitor = same_tenant_key("widget.Visitor", related_name="uploads")
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=255)
    mime = models.CharField(max_length=127)
    size = models.BigIntegerField()
    path = models.CharField(max_length=120)
    preview = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["tenant", "created_at"], name="widget_upload_age")]

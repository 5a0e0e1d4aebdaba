"""A Message button, link or QR code: where a customer walks up."""

from __future__ import annotations

from django.db import models

from apps.core.ids import new_key
from apps.core.models import TenantModel, same_tenant_key


class EntryPoint(TenantModel):
    """`allowed_origins` are the sites ("https://shop.example") that may show the web-chat panel; empty
    means any. `button_text` stands on the button, `prefilled_text` is what the customer is about to say."""

    key = models.CharField(max_length=32, default=new_key)
    name = models.CharField(max_length=80)
    tag = models.CharField(max_length=64)
    group = models.CharField(max_length=64, blank=True)
    button_text = models.CharField(max_length=60, blank=True)
    prefilled_text = models.CharField(max_length=300, blank=True)
    locale = models.CharField(max_length=10, blank=True)
    allowed_origins = models.JSONField(default=list)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="entry_point_key_once")]
        indexes = [models.Index(fields=["key"], name="entry_point_key")]

    def __str__(self) -> str:
        return self.name


class EntryPointChannel(TenantModel):
    """A channel that the entry point offers; the first that the customer's device can use is taken."""

    entry_point = same_tenant_key("connections.EntryPoint", related_name="places")
    channel = same_tenant_key("connections.Channel", related_name="places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        base_manager_name = "objects"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "entry_point", "channel"], name="entry_point_channel_once"
            )
        ]


class EntryPointDay(TenantModel):
    """What one entry point did on one day (UTC), counted without cookies."""

    entry_point = same_tenant_key("connections.EntryPoint", related_name="days")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    taps = models.PositiveIntegerField(default=0)
    conversations = models.PositiveIntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry_point", "day"], name="entry_point_day_once")
        ]

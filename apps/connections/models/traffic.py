"""What crossed the wire: bodies as they came, calls as they went (redacted)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class WebhookState(models.TextChoices):
    NEW = "new"
    DONE = "done"
    DEAD = "dead"  # could not be understood or handled; kept, shown, replayable


class ReceivedWebhook(TenantModel):
    """One inbound HTTP body, durable before the platform got its 200 (invariant I1).

    Taken by a worker under a lease: `due_at` moves ahead while someone works on it.
    """

    channel = same_tenant_key("connections.Channel")
    dedup_key = models.CharField(max_length=200)
    received_at = models.DateTimeField(default=timezone.now)
    path = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    raw = models.BinaryField()
    state = models.CharField(max_length=8, choices=WebhookState, default=WebhookState.NEW)
    attempt = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    error = models.CharField(max_length=500, blank=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "dedup_key"], name="webhook_once")
        ]
        indexes = [
            models.Index(fields=["tenant", "due_at"], condition=models.Q(state="new"), name="webhook_due")
        ]


class PlatformCall(TenantModel):
    """One outbound HTTP exchange, without secrets and without content."""

    channel = same_tenant_key("connections.Channel")
    at = models.DateTimeField(default=timezone.now)
    operation = models.CharField(max_length=40)
    outcome = models.CharField(max_length=40)
    status = models.PositiveSmallIntegerField(null=True)
    words = models.CharField(max_length=500, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["tenant", "channel", "at"], name="platform_call_recent")]

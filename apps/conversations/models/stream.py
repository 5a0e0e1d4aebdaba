"""A tenant's numbered log: everything that reacts follows it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from apps.core.models import TenantManager, TenantModel


class StreamCounter(models.Model):
    """The tenant's last number, locked as the last statement of a transaction: gap-free and in order.

    Up to `whole_above` the log only holds the history that pages show (`forget.py`); above it, everything.
    """

    tenant = models.OneToOneField(
        "tenants.Tenant",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
    )
    last_seq = models.BigIntegerField(default=0)
    whole_above = models.BigIntegerField(db_default=0)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        base_manager_name = "objects"


class StreamEvent(TenantModel):
    """One fact, past tense: `kind` as in `conversations.stream.Kind`, `data` ids and numbers only."""

    seq = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    conversation = models.ForeignKey(
        "conversations.Conversation",
        null=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["tenant", "seq"], name="stream_seq_once")]
        indexes = [models.Index(fields=["tenant", "conversation", "seq"], name="stream_of_conversation")]

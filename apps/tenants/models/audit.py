"""What people did, in a chain that shows tampering. The application may only insert and read."""

from __future__ import annotations

from django.db import models

from apps.core.models import TenantModel


class AuditEntry(TenantModel):
    """`hash` = SHA-256 over `prev_hash` and this entry's facts; `number` counts without gaps."""

    number = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    prev_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        base_manager_name = "objects"
        ordering = ["number"]
        verbose_name_plural = "audit entries"
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="audit_number_once")]

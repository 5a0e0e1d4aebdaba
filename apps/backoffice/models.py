"""What operators need to know that belongs to no business."""

from __future__ import annotations

from django.db import models


class SignOfLife(models.Model):
    """A process that runs, or ran. Written by itself every quarter of a minute; no tenant, no content."""

    name = models.CharField(max_length=120, primary_key=True)  # "web host:pid"
    role = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    waited = models.FloatField(null=True)  # seconds within which 95 % of the latest rows were taken up
    resyncs = models.PositiveIntegerField(db_default=0)  # since it started

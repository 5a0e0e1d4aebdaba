"""What bin/prove-isolation found: about the service, of no tenant, for every tenant's owner to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models

from apps.core.ids import new_id


class IsolationProof(models.Model):
    """One run. `code` is the digest of the program that was attacked; `facts` are counts and names of our
    own parts, never anything of a tenant."""

    id: models.Field[UUID, UUID] = models.UUIDField(primary_key=True, default=new_id, editable=False)
    finished_at = models.DateTimeField()
    passed = models.BooleanField()
    code = models.CharField(max_length=64)
    facts: models.Field[dict[str, Any], dict[str, Any]] = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["-finished_at"], name="isolation_proof_latest")]

"""A link that signs one person in once; it belongs to the person, not to a tenant."""

from __future__ import annotations

from django.db import models

from apps.core.ids import new_id
from apps.tenants.models.user import User


class SignInLink(models.Model):
    """Only the token's hash is stored. `next` is a path of this service."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    next = models.CharField(max_length=300, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

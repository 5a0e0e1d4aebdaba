"""A tenant's connected account on a platform, and its encrypted credentials."""

from __future__ import annotations

from django.db import models

from apps.core.ids import new_key
from apps.core.models import TenantModel, same_tenant_key


class ChannelState(models.TextChoices):
    DRAFT = "draft"  # being connected, takes no webhooks
    LIVE = "live"
    DISABLED = "disabled"  # receives and stores, sends nothing
    RETIRED = "retired"  # the same for good: offered nowhere any more, its history stays


class Health(models.TextChoices):
    UNKNOWN = "unknown"
    GOOD = "good"
    TROUBLED = "troubled"  # transport errors, breaker open
    BROKEN = "broken"  # credentials refused: nothing is sent until someone acts


class Channel(TenantModel):
    """`key` is the unguessable part of the webhook URL, `address` who we are on the platform.

    `settings` holds the credentials that are not secret. `shared` channels use the deployment's own account
    with the platform and so also receive through its one webhook; only they may be found there by address.
    `stand_in` carries what this one cannot bring to a customer (`stand_in.py`).
    `redirect_to` are the ids of entry points that replace it, of which customers are told; null: of none.
    `greeting` is what it shows before the first word (`greet`), null when it was never set.
    `expires_at` is when the credentials end, null when they do not. `paused_until` is the platform's
    Retry-After for the whole channel; `failures` and `probe_at` are the breaker (RELIABILITY 6.6).
    `credentials_version`
    moves with everything that the credentials are made of (triggers, migration 0009).
    """

    platform = models.CharField(max_length=32)
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=32, default=new_key)
    address = models.CharField(max_length=255, blank=True)
    settings = models.JSONField(default=dict)
    shared = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=ChannelState, default=ChannelState.DRAFT)
    stand_in = same_tenant_key("self", null=True, on_delete=models.SET_NULL, db_index=False)
    redirect_to = models.JSONField(null=True)
    greeting = models.JSONField(null=True)
    expires_at = models.DateTimeField(null=True)
    expiry_told_at = models.DateTimeField(null=True)  # people have been warned of this end
    templates_asked_at = models.DateTimeField(null=True)  # the platform's list; null: ask soon
    health = models.CharField(max_length=12, choices=Health, default=Health.UNKNOWN)
    health_words = models.CharField(max_length=500, blank=True)
    health_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    last_received_at = models.DateTimeField(null=True)
    last_sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    credentials_version = models.BigIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="channel_key_once"),
            models.UniqueConstraint(
                fields=["tenant", "platform", "address"],
                condition=~models.Q(address=""),
                name="channel_address_once",
            ),
        ]
        indexes = [
            models.Index(fields=["key"], name="channel_key"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, expiry_told_at=None),
                name="channel_expiring",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TenantKey(TenantModel):
    """A tenant's data key, wrapped by a key of the environment's ring. Deleting it erases the secrets."""

    version = models.PositiveIntegerField()
    wrapped = models.BinaryField()
    ring = models.CharField(max_length=16)  # fingerprint of the wrapping key
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "version"], name="tenant_key_once")]


class ChannelSecret(TenantModel):
    """One encrypted credential; authenticated with tenant, channel, field and key version."""

    channel = same_tenant_key("connections.Channel", related_name="secrets")
    field = models.CharField(max_length=40)
    ciphertext = models.BinaryField()
    key_version = models.PositiveIntegerField()
    hint = models.CharField(max_length=4, blank=True)
    stored_at = models.DateTimeField(auto_now=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "field"], name="channel_secret_once")
        ]

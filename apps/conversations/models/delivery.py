"""One sending of a Message to a platform.

    queued ──claim──► sending ──► sent ──► delivered ──► read
      ▲                 │ │ └────► failed(code, words)         terminal; a person may resend
      ├──retry at───────┘ └──────► unknown                     "may not have been delivered"
      └──certainly absent────────── │ (class R, while settling)
    parked: the customer left before it went out; nothing is sent

`sending` is a lease: who writes a result must still hold `lease_token`. An expired lease becomes
`queued` again for class K and `unknown` for the others (invariant I5). Of class R an unknown first settles:
until `settling_until` we listen for the platform's echo and look for the message there (`settle.py`).
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    UNKNOWN = "unknown"
    FAILED = "failed"
    PARKED = "parked"


class Delivery(TenantModel):
    """`seq` orders it in its conversation: message seq * 1000 + part. `decision` is the policy's answer that
    allowed it; the database refuses a row without one.

    A conversation's rows that are queued, sending or settling are its line. `first_in_line` is kept by the
    database itself (docs/decisions/0012); only a first one is ever claimed.
    """

    message = same_tenant_key("conversations.Message", related_name="deliveries", db_index=False)
    conversation = same_tenant_key("conversations.Conversation", db_index=False)
    channel = same_tenant_key("connections.Channel", on_delete=models.PROTECT)
    seq = models.BigIntegerField()
    part = models.JSONField()
    retry_class = models.CharField(max_length=1)
    decision = models.JSONField()
    state = models.CharField(max_length=10, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)  # of the next try; while settling, of the next look
    first_in_line = models.BooleanField(default=True, editable=False)
    settling_until = models.DateTimeField(null=True)  # set while an unknown outcome may still become known
    looks = models.PositiveSmallIntegerField(default=0)  # times that the platform has not found it
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    ref = models.CharField(max_length=512, blank=True)
    code = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=500, blank=True)
    price = models.JSONField(null=True)  # what the platform says of it, verbatim
    settled_by = models.CharField(max_length=20, blank=True)  # "" | "person": told to be fine | "stand_in"
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        ordering = ["seq"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "seq"], name="delivery_seq_once"),
            models.CheckConstraint(
                # has_keys, because a comparison with what is not there is NULL, which a check lets pass
                condition=models.Q(decision__has_keys=["allow", "rule"], decision__allow=True),
                name="delivery_has_allowing_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(settling_until=None) | models.Q(state="unknown"),
                name="delivery_settles_while_unknown",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "channel", "due_at"],
                condition=models.Q(state="queued", first_in_line=True),
                name="delivery_next",
            ),
            models.Index(fields=["tenant"], condition=models.Q(state="sending"), name="delivery_sending"),
            models.Index(
                fields=["conversation", "seq"],
                condition=models.Q(state__in=["queued", "sending"]) | models.Q(settling_until__isnull=False),
                name="delivery_line",
            ),
            models.Index(
                fields=["due_at"], condition=models.Q(settling_until__isnull=False), name="delivery_settling"
            ),
            models.Index(fields=["lease_until"], condition=models.Q(state="sending"), name="delivery_lease"),
            models.Index(fields=["tenant", "message"], name="delivery_message"),
            models.Index(
                fields=["tenant", "channel", "ref"], condition=~models.Q(ref=""), name="delivery_ref"
            ),
        ]


class DeliveryAttempt(TenantModel):
    """Append-only evidence of one try."""

    delivery = same_tenant_key("conversations.Delivery", related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["tenant", "delivery"], name="delivery_attempt_of")]


class EarlyStatus(TenantModel):
    """What a platform told about a `ref` that we do not know (yet): its answer to our send may be on the way.

    Matched by the housekeeping for ten minutes, then forgotten: it was about somebody else's message.
    """

    channel = same_tenant_key("connections.Channel")
    ref = models.CharField(max_length=512)
    state = models.CharField(max_length=10)  # as DeliveryState
    code = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=500, blank=True)
    price = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "ref", "state"], name="early_status_once")
        ]

"""The platforms' side of the sandbox: what Apple and Telegram would keep in their own houses.

All of it belongs to the tenant that plays with it. Nothing here is read by the product: it meets the
simulators over HTTP only.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class SandboxAccount(TenantModel):
    """A business's account with a simulated platform.

    `key` finds it (Telegram: the bot's id; Apple: the MSP id), `secret` proves it (the rest of the token;
    the Base64 signing key), `address` is the business on the platform (bot's username; business id).
    """

    platform = models.CharField(max_length=32)
    key = models.CharField(max_length=128)
    secret = models.CharField(max_length=500)
    address = models.CharField(max_length=255)
    name = models.CharField(max_length=80)
    data = models.JSONField(default=dict)  # whatever else the platform keeps of the business
    webhook_url = models.CharField(max_length=500, blank=True)
    webhook_secret = models.CharField(max_length=256, blank=True)
    webhook_options = models.JSONField(default=dict)
    last_error = models.CharField(max_length=200, blank=True)
    last_error_at = models.DateTimeField(null=True)
    last_update = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "platform", "key"], name="sandbox_account_once")
        ]
        indexes = [models.Index(fields=["platform", "key"], name="sandbox_account_key")]


class SandboxPhone(TenantModel):
    """One customer's device. `number` is who they are on Telegram; `capabilities` what it shows on Apple's.

    While offline it sends nothing and shows nothing that came after `offline_since`.
    """

    name = models.CharField(max_length=40)
    number = models.BigIntegerField()
    locale = models.CharField(max_length=12, default="fr-FR")
    capabilities = models.JSONField(default=list)
    offline_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="sandbox_phone_once")]


class ThreadState(models.TextChoices):
    NEW = "new"  # opened from a button, nothing said yet
    OPEN = "open"
    LEFT = "left"  # deleted on Apple, blocked on Telegram


class SandboxThread(TenantModel):
    """What one phone and one account said to each other. `address` is the customer as the business sees them.

    `tag`, `group` and `draft` come from a Message button and go with the first words. `version` grows with
    every change that the phone should show.
    """

    account = same_tenant_key("sandbox.SandboxAccount", related_name="threads")
    phone = same_tenant_key("sandbox.SandboxPhone", related_name="threads")
    address = models.CharField(max_length=255)
    state = models.CharField(max_length=4, choices=ThreadState, default=ThreadState.NEW)
    tag = models.CharField(max_length=64, blank=True)
    group = models.CharField(max_length=64, blank=True)
    draft = models.CharField(max_length=300, blank=True)
    last_number = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    typing_until = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)  # what the platform keeps of it: quotas, tokens for answering

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account", "phone"], name="sandbox_thread_once"),
            models.UniqueConstraint(fields=["tenant", "account", "address"], name="sandbox_thread_address"),
        ]


class SandboxFile(TenantModel):
    """Bytes that lie with a platform, as it keeps them (Apple's are encrypted). `path` as for attachments."""

    account = same_tenant_key("sandbox.SandboxAccount")
    key = models.CharField(max_length=64)
    name = models.CharField(max_length=255, blank=True)
    mime = models.CharField(max_length=127, blank=True)
    size = models.BigIntegerField(default=0)
    path = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-1 of the bytes, hex
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "account", "key"], name="sandbox_file_once")]


class SandboxMessage(TenantModel):
    """One bubble. `number` orders it, `ref` is its id on the platform, `data` what its kind needs."""

    thread = same_tenant_key("sandbox.SandboxThread", related_name="messages")
    number = models.BigIntegerField()
    mine = models.BooleanField()  # said by the phone
    # text, file, choices, quick_replies, list_picker, form, link, place, contact, info
    kind = models.CharField(max_length=16)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    file = same_tenant_key("sandbox.SandboxFile", null=True)
    ref = models.CharField(max_length=255)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "thread", "number"], name="sandbox_message_once")
        ]


class SandboxPost(TenantModel):
    """A webhook on its way to the business: kept until it was taken, or a day is over."""

    account = same_tenant_key("sandbox.SandboxAccount")
    thread = same_tenant_key("sandbox.SandboxThread", related_name="posts")
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    loose = models.BooleanField(default=False)  # does not wait for earlier ones of its thread
    attempt = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        indexes = [
            models.Index(fields=["tenant", "due_at"], name="sandbox_post_due"),
            models.Index(fields=["tenant", "thread", "created_at"], name="sandbox_post_thread"),
        ]


class FaultKind(models.TextChoices):
    SLOW = "slow"  # answers after some seconds
    THROTTLE = "throttle"  # 429 for half a minute
    ERROR = "error"  # 500, not accepted
    LOST = "lost"  # accepted, answer lost
    FORBIDDEN = "forbidden"  # 403
    DUPLICATE = "duplicate"  # every webhook twice
    REORDER = "reorder"  # webhooks overtake one another
    LARGE = "large"  # card answers come by reference, as if they were over 10 KB


class SandboxFault(TenantModel):
    """A trouble that is switched on for an account, for good or until a time."""

    account = same_tenant_key("sandbox.SandboxAccount", related_name="faults")
    kind = models.CharField(max_length=12, choices=FaultKind)
    until = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "account", "kind"], name="sandbox_fault_once")
        ]


class SandboxWire(TenantModel):
    """One line of what crossed the wire, for the page: operation, outcome, never content or secrets."""

    account = same_tenant_key("sandbox.SandboxAccount")
    at = models.DateTimeField(default=timezone.now)
    words = models.CharField(max_length=200)
    outcome = models.CharField(max_length=80, blank=True)

    class Meta:
        base_manager_name = "objects"
        indexes = [models.Index(fields=["tenant", "at"], name="sandbox_wire_recent")]

"""What was said, the files that came with it, and notes (apart, so that one can never be sent)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class Direction(models.TextChoices):
    IN = "in"
    OUT = "out"


class AuthorKind(models.TextChoices):
    CONTACT = "contact"
    MEMBER = "member"
    BOT = "bot"
    PROGRAM = "program"  # through the API
    SYSTEM = "system"
    OUTSIDE = "outside"  # from our account, by another program or by hand on the platform


class Message(TenantModel):
    """`ref` is the platform's id of an inbound message, `client_id` the writer's own id of an outbound
    one: each makes a repetition the same message (invariant I2). `content` holds what is not text:
    {"card": …} | {"answer": …} | {"place": …} | {"person": …}, "details" (pairs of words) and "reaction".
    `unsupported` names a kind that we cannot show. What was written outside has a ref and no deliveries."""

    conversation = same_tenant_key("conversations.Conversation", related_name="messages", db_index=False)
    channel = same_tenant_key("connections.Channel", on_delete=models.PROTECT, db_index=False)
    seq = models.BigIntegerField()
    direction = models.CharField(max_length=3, choices=Direction)
    author_kind = models.CharField(max_length=8, choices=AuthorKind)
    author = same_tenant_key("tenants.Membership", null=True, on_delete=models.SET_NULL)
    author_name = models.CharField(max_length=120, blank=True)
    client_id = models.UUIDField(null=True)
    digest = models.BinaryField(max_length=32, null=True)  # of what the writer sent with client_id
    ref = models.CharField(max_length=512, null=True)
    twin_key = models.CharField(max_length=128, blank=True)
    text = models.TextField(blank=True)
    content = models.JSONField(default=dict)
    unsupported = models.CharField(max_length=60, blank=True)
    reply_to = same_tenant_key("conversations.Message", null=True, on_delete=models.SET_NULL)
    said_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["tenant", "conversation", "client_id"], name="message_client_id_once"
            ),
            models.UniqueConstraint(fields=["tenant", "channel", "ref"], name="message_ref_once"),
        ]


class EarlyWithdrawal(TenantModel):
    """What a customer took back, `at` that time, that is not here: platforms promise no order, so it may come
    yet and then stays without content. Forgotten when no webhook can bring it any more."""

    channel = same_tenant_key("connections.Channel", db_index=False)
    ref = models.CharField(max_length=512)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "ref"], name="early_withdrawal_once")
        ]


class AttachmentState(models.TextChoices):
    PENDING = "pending"  # still with the platform
    STORED = "stored"
    FAILED = "failed"


class Attachment(TenantModel):
    """One file. `path` is relative to MEDIA_ROOT, `<tenant>/<random>`; `preview` a re-encoded picture.

    `locator` is where the platform keeps it, encrypted; emptied once stored. `message` is null between
    upload and send. `scan` is "unscanned" until a scanner has looked.
    """

    conversation = same_tenant_key("conversations.Conversation", related_name="attachments")
    message = same_tenant_key("conversations.Message", null=True, related_name="attachments", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=255, blank=True)
    mime = models.CharField(max_length=127, blank=True)
    size = models.BigIntegerField(default=0)
    path = models.CharField(max_length=120, blank=True)
    preview = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=AttachmentState, default=AttachmentState.PENDING)
    locator = models.BinaryField(null=True)
    error = models.CharField(max_length=300, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    urgent = models.BooleanField(default=False)
    scan = models.CharField(max_length=10, default="unscanned")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        ordering = ["position"]
        indexes = [
            models.Index(
                fields=["tenant", "due_at"], condition=models.Q(state="pending"), name="attachment_due"
            ),
            models.Index(fields=["tenant", "message"], name="attachment_message"),
        ]


class Note(TenantModel):
    """Internal; its own table, so that no code path can send it. `after_seq` is where it stands."""

    conversation = same_tenant_key("conversations.Conversation", related_name="notes", db_index=False)
    author = same_tenant_key("tenants.Membership", null=True, on_delete=models.SET_NULL)
    author_name = models.CharField(max_length=120, blank=True)
    client_id = models.UUIDField(null=True)
    text = models.TextField()
    after_seq = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        base_manager_name = "objects"
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "conversation", "client_id"], name="note_client_id_once"
            )
        ]

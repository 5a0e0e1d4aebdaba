"""One period of contact about one enquiry on one channel.

    (first message) ──► waiting ──assign──► open ──close──► closed ──reopen──► open
                           ▲                 │ ▲
                           └────unassign─────┘ └──(customer writes within the reopening time)

A customer who writes after `closed` for good opens a new conversation.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from apps.core.models import TenantModel, same_tenant_key


class ConversationStatus(models.TextChoices):
    WAITING = "waiting"  # nobody has taken it
    OPEN = "open"
    SNOOZED = "snoozed"
    CLOSED = "closed"


class HolderKind(models.TextChoices):
    QUEUE = "queue"
    MEMBER = "member"
    BOT = "bot"


_OPEN = ~models.Q(status="closed")


def _list_index(name: str, *leading: str, condition: models.Q = _OPEN) -> models.Index:
    """One inbox view in the order in which it is shown (`queries.in_order`)."""
    fields = ["tenant", *leading, "needs_answer_since", "-last_message_at"]
    return models.Index(fields=fields, condition=condition, name=name)


class Conversation(TenantModel):
    """`last_seq` numbers its messages under the row's lock (invariant I3). `fence` grows whenever who may
    write changes hands; a writer with an older number is refused. `needs_answer_since` is set while the
    customer's last words have no public reply."""

    channel = same_tenant_key("connections.Channel", on_delete=models.PROTECT)
    contact = same_tenant_key("conversations.Contact", db_index=False)
    address = same_tenant_key("conversations.ContactAddress")
    status = models.CharField(max_length=8, choices=ConversationStatus, default=ConversationStatus.WAITING)
    team = same_tenant_key("tenants.Team", null=True, on_delete=models.SET_NULL)
    assignee = same_tenant_key("tenants.Membership", null=True, on_delete=models.SET_NULL)
    holder_kind = models.CharField(max_length=8, choices=HolderKind, default=HolderKind.QUEUE)
    fence = models.BigIntegerField(default=1)
    tag = models.CharField(max_length=64, blank=True)
    group = models.CharField(max_length=64, blank=True)
    entry_point = same_tenant_key("connections.EntryPoint", null=True, on_delete=models.SET_NULL)
    locale = models.CharField(max_length=20, blank=True)
    last_seq = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(default=timezone.now)
    last_inbound_at = models.DateTimeField(null=True)
    last_inbound_seq = models.BigIntegerField(default=0)
    needs_answer_since = models.DateTimeField(null=True)
    preview = models.CharField(max_length=160, blank=True)
    preview_kind = models.CharField(max_length=12, blank=True)  # text, image, file, left, withdrawn …
    preview_direction = models.CharField(max_length=3, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "channel", "address"],
                condition=~models.Q(status="closed"),
                name="one_open_conversation",
            )
        ]
        indexes = [
            _list_index("conversation_open_list"),
            _list_index("conversation_mine_list", "assignee"),
            _list_index("conversation_team_list", "team"),
            _list_index("conversation_unassigned_list", condition=_OPEN & models.Q(assignee=None)),
            _list_index("conversation_closed_list", condition=models.Q(status="closed")),
            models.Index(fields=["tenant", "team", "assignee"], condition=_OPEN, name="conversation_counts"),
            models.Index(fields=["tenant", "contact", "-opened_at"], name="conversation_history"),
            models.Index(fields=["tenant", "tag", "-last_message_at"], name="conversation_tagged"),
        ]


class ReadMark(TenantModel):
    """How far one membership has read one conversation; unread = customer's messages after it."""

    conversation = same_tenant_key("conversations.Conversation", db_index=False)
    membership = same_tenant_key("tenants.Membership")
    seq = models.BigIntegerField(default=0)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "membership"], name="read_mark_once")
        ]

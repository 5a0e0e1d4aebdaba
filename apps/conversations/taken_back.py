"""What customers take back: a message's content goes, whether it is here already or comes only afterwards.

Platforms promise no order. What is taken back before it came is remembered by its id, so that it is stored
without content when it comes, and forgotten when no webhook can bring it any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils import timezone

from apps.connections.models import Channel, ReceivedWebhook, WebhookState
from apps.conversations import answers, files
from apps.conversations.addresses import Addresses
from apps.conversations.arrivals import Said
from apps.conversations.models import Conversation, Delivery, Direction, EarlyWithdrawal, Message
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.platforms.events import MessageReceived, MessageWithdrawn

KEPT = timedelta(days=30)  # longer than any platform tries again and than a handled webhook is kept
SHOWN = "withdrawn"  # a conversation's `preview_kind`


def take_back(channel: Channel, event: MessageWithdrawn) -> None:
    """Forget what the message said; that there was one stays. Idempotent, before or after the message.

    Takes locks in the order of `hear`: the address, so that nobody stores the message meanwhile.
    """
    if not event.target or _erased(channel, event):
        return
    Addresses([(channel, event)])
    if not _erased(channel, event):
        early = EarlyWithdrawal(channel=channel, ref=event.target[:512], at=event.at)
        EarlyWithdrawal.objects.bulk_create([early], ignore_conflicts=True)


def emptied(said: Sequence[Said], taken_back: Mapping[tuple[UUID, str], datetime]) -> list[Said]:
    """`said`, without the content of what was taken back, by channel and ref, before it came."""
    taken = [(each, taken_back.get((each.channel.pk, each.event.ref))) for each in said]
    return [replace(each, event=_empty(each.event), withdrawn_at=at) if at else each for each, at in taken]


def since(channel: Channel, ref: str) -> datetime | None:
    """When it was taken back before it came. Needs the address locked."""
    return EarlyWithdrawal.objects.filter(channel=channel, ref=ref).values_list("at", flat=True).first()


def in_list(message: Message, conversation: Conversation) -> bool:
    """Whether the list of conversations shows this message as the last words."""
    inbound = message.direction == Direction.IN
    last = conversation.last_inbound_seq if inbound else conversation.last_seq
    shown = last == message.seq and conversation.preview_direction == message.direction
    return shown and conversation.preview_kind != "left"


def sweep() -> int:
    """Forget what has not come for KEPT, of every business, unless a webhook of its channel waits for
    somebody to deal with it; how many. Idempotent."""
    before = timezone.now() - KEPT
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id FROM queue_early_withdrawals(%s)", [before])
        tenants = [tenant_id for (tenant_id,) in cursor.fetchall()]
    forgotten = 0
    for tenant_id in tenants:
        with tenancy.scope(tenant_id):
            waiting = ReceivedWebhook.objects.filter(channel=OuterRef("channel"))
            waiting = waiting.exclude(state=WebhookState.DONE)
            old = EarlyWithdrawal.objects.filter(~Exists(waiting), created_at__lt=before)
            forgotten += old.delete()[0]
    return forgotten


def _erased(channel: Channel, event: MessageWithdrawn) -> bool:
    """Whether the message is here; it has no content then, unless it was sent from here."""
    message = Message.objects.filter(channel=channel, ref=event.target).first()
    if message is None:
        return Delivery.objects.filter(channel=channel, ref=event.target).exists()
    if not message.withdrawn_at:
        _erase(message, event)
    return True


def _erase(message: Message, event: MessageWithdrawn) -> None:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=message.conversation_id)
    answers.unlink(message)
    for attachment in message.attachments.all():
        files.delete(attachment)
    message.text, message.content, message.withdrawn_at = "", {}, event.at
    message.save(update_fields=["text", "content", "withdrawn_at"])
    if in_list(message, conversation):
        conversation.preview, conversation.preview_kind = "", SHOWN
        conversation.save(update_fields=["preview", "preview_kind"])
    record(Kind.MESSAGE_WITHDRAWN, conversation, message=str(message.id))
    for quoting in conversation.messages.filter(reply_to=message):
        record(Kind.MESSAGE_EDITED, conversation, message=str(quoting.id))


def _empty(event: MessageReceived) -> MessageReceived:
    """What is left is what the customer did: they wrote, through which entry point, in reply to what."""
    return replace(event, text="", media=(), place=None, person=None, answer=None, details=())

"""What was said to a customer from our account, as the platform tells it: by us, or elsewhere."""

from __future__ import annotations

from dataclasses import replace

from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations import arrivals, statuses, taken_back
from apps.conversations.addresses import Addresses
from apps.conversations.clock import said_at
from apps.conversations.models import AuthorKind, Conversation, Direction, Message
from apps.conversations.opening import Conversations
from apps.conversations.stream import Kind, record
from apps.platforms.events import DeliveryState, DeliveryUpdated, MessageEchoed


def echo(channel: Channel, event: MessageEchoed) -> None:
    """Our own is confirmed; what came from elsewhere is stored once and shown. Idempotent."""
    if statuses.ours(channel, event.delivery_id, event.ref):
        statuses.record_delivery(channel, _confirmation(event))
    elif not Message.objects.filter(channel=channel, ref=event.ref).exists():
        _store(channel, event)


def _confirmation(event: MessageEchoed) -> DeliveryUpdated:
    return DeliveryUpdated(
        to=event.to, address=event.address, ref=event.ref, at=event.at,
        target=event.ref, delivery_id=event.delivery_id, state=DeliveryState.SENT,
    )  # fmt: skip


def _store(channel: Channel, event: MessageEchoed) -> None:
    """It neither opens a window nor takes the conversation: only the customer and our people do."""
    addresses = Addresses([(channel, event)])
    address = addresses.of(channel, event)
    taken = taken_back.since(channel, event.ref)
    event = replace(event, text="", media=()) if taken else event
    conversations = Conversations([address])
    conversation = conversations.reach(channel, address, event, None)
    conversation.last_seq += 1
    message = Message(
        conversation=conversation,
        channel=channel,
        seq=conversation.last_seq,
        direction=Direction.OUT,
        author_kind=AuthorKind.OUTSIDE,
        author_name=event.author[:120],
        ref=event.ref,
        text=event.text,
        unsupported=event.unsupported[:60],
        said_at=said_at(event),
        withdrawn_at=taken,
    )
    _show_in_list(conversation, event)
    if taken:
        conversation.preview_kind = taken_back.SHOWN
    addresses.save()
    conversations.save()
    message.save(force_insert=True)
    arrivals.attach([(message, event.media)])
    record(Kind.MESSAGE_SENT, conversation, message=str(message.id), seq=message.seq)


def _show_in_list(conversation: Conversation, event: MessageEchoed) -> None:
    conversation.last_message_at = timezone.now()
    conversation.needs_answer_since = None
    conversation.preview = (event.text or (event.media[0].name if event.media else ""))[:160]
    conversation.preview_kind = event.media[0].kind if event.media else "text"
    if event.unsupported:
        conversation.preview_kind = "unsupported"
    conversation.preview_direction = Direction.OUT

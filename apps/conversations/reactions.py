"""Tapbacks and emoji reactions: put on the message they mean, or shown as words when it is not found."""

from __future__ import annotations

from apps.conversations.clock import said_at
from apps.conversations.models import AuthorKind, Conversation, Delivery, Direction, Message
from apps.conversations.stream import Kind, record
from apps.platforms.events import ReactionReceived


def react(conversation: Conversation, event: ReactionReceived) -> None:
    """Set or take away the customer's reaction. Idempotent: one reaction per message, the last one holds."""
    target = _target(conversation, event)
    if target is None:
        _as_message(conversation, event)
        return
    content = {**target.content, "reaction": event.emoji}
    if not event.emoji:
        content.pop("reaction")
    if content != target.content:
        target.content = content
        target.save(update_fields=["content"])
        record(Kind.REACTION_RECEIVED, conversation, message=str(target.id))


def _target(conversation: Conversation, event: ReactionReceived) -> Message | None:
    if event.target:
        mine = Message.objects.filter(channel=conversation.channel_id, ref=event.target).first()
        ours = Delivery.objects.filter(channel=conversation.channel_id, ref=event.target)
        return mine or next((d.message for d in ours.select_related("message")[:1]), None)
    if event.quoted:
        quoted = event.quoted.rstrip("…")
        return conversation.messages.filter(text__startswith=quoted).last()
    return conversation.messages.filter(direction=Direction.OUT).last()


def _as_message(conversation: Conversation, event: ReactionReceived) -> None:
    known = Message.objects.filter(channel=conversation.channel_id, ref=event.ref).exists()
    if known or not event.emoji:
        return
    conversation.last_seq += 1
    message = Message.objects.create(
        conversation=conversation,
        channel_id=conversation.channel_id,
        seq=conversation.last_seq,
        direction=Direction.IN,
        author_kind=AuthorKind.CONTACT,
        ref=event.ref,
        text=f"{event.emoji} {event.quoted}".strip(),
        said_at=said_at(event),
    )
    conversation.last_inbound_seq = message.seq
    conversation.save(update_fields=["last_seq", "last_inbound_seq"])
    record(Kind.MESSAGE_RECEIVED, conversation, message=str(message.id), seq=message.seq)

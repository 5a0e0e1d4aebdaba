"""What a platform's event does to a conversation. One transaction per event, in the channel's tenant.

Every repetition is harmless (invariant I2): messages are unique by (channel, ref), everything else sets a
state. Events of one customer are serialised by the lock on their address row.
"""

from __future__ import annotations

from functools import singledispatch

from django.utils import timezone

from apps.connections.models import Channel, EntryPoint
from apps.conversations import answers, arrivals, parking, reactions, statuses, typing
from apps.conversations.addresses import learn, locked_address, mark_gone, mark_reachable
from apps.conversations.clock import said_at
from apps.conversations.models import AuthorKind, ContactAddress, Conversation, Direction, Message
from apps.conversations.opening import note_tap, open_conversation, reach_conversation
from apps.conversations.stream import Kind, record
from apps.platforms import events
from apps.platforms.cards import answer_to_json


def receive(
    channel: Channel, event: events.Event, *, entry_point: EntryPoint | None = None
) -> Message | None:
    """Apply one event; the message it made, if any. Idempotent. Must run inside the tenant's scope.

    `entry_point` is given when the door knows it (web chat); otherwise the tag names it.
    """
    return _apply(event, channel, entry_point)


@singledispatch
def _apply(event: events.Event, channel: Channel, entry_point: EntryPoint | None) -> Message | None:
    raise TypeError(f"no rule for {type(event).__name__}")


@_apply.register
def _message(
    event: events.MessageReceived, channel: Channel, entry_point: EntryPoint | None
) -> Message | None:
    address = locked_address(channel, event)
    if arrivals.already_here(channel, address, event):
        return None
    learn(address, event)
    conversation = reach_conversation(channel, address, event, entry_point)
    mark_reachable(address, conversation, at=event.at)
    message = _store(conversation, channel, event)
    arrivals.attach(message, event)
    answers.link(conversation, message)
    record(Kind.MESSAGE_RECEIVED, conversation, message=str(message.id), seq=message.seq)
    return message


@_apply.register
def _tap(event: events.EntryPointTapped, channel: Channel, entry_point: EntryPoint | None) -> None:
    address = locked_address(channel, event)
    learn(address, event)
    mark_reachable(address, open_conversation(channel, address), at=event.at)
    note_tap(channel, address, event, entry_point)


@_apply.register
def _left(event: events.ContactLeft, channel: Channel, entry_point: EntryPoint | None) -> None:
    address = locked_address(channel, event)
    conversation = open_conversation(channel, address)
    if mark_gone(address, event.reason):
        parking.park_queued(address)
        if conversation:
            _say_left(conversation)
        record(Kind.CONTACT_LEFT, conversation, reason=event.reason)


@_apply.register
def _returned(event: events.ContactReturned, channel: Channel, entry_point: EntryPoint | None) -> None:
    address = locked_address(channel, event)
    mark_reachable(address, open_conversation(channel, address), at=None)


@_apply.register
def _typing(event: events.TypingChanged, channel: Channel, entry_point: EntryPoint | None) -> None:
    address = ContactAddress.objects.filter(channel=channel, value=event.address).first()
    conversation = open_conversation(channel, address) if address else None
    if conversation:
        typing.customer_types(conversation, event.typing)


@_apply.register
def _edited(event: events.MessageEdited, channel: Channel, entry_point: EntryPoint | None) -> None:
    message = Message.objects.filter(channel=channel, ref=event.target, direction=Direction.IN).first()
    if message is None or message.withdrawn_at:
        return
    if message.text != event.text:
        message.text, message.edited_at = event.text, event.at
        message.save(update_fields=["text", "edited_at"])
        record(Kind.MESSAGE_EDITED, message.conversation, message=str(message.id))


@_apply.register
def _withdrawn(event: events.MessageWithdrawn, channel: Channel, entry_point: EntryPoint | None) -> None:
    message = Message.objects.filter(channel=channel, ref=event.target, direction=Direction.IN).first()
    if message and not message.withdrawn_at:
        arrivals.erase(message, at=event.at)
        record(Kind.MESSAGE_WITHDRAWN, message.conversation, message=str(message.id))


@_apply.register
def _reaction(event: events.ReactionReceived, channel: Channel, entry_point: EntryPoint | None) -> None:
    address = locked_address(channel, event)
    conversation = reach_conversation(channel, address, event, entry_point)
    mark_reachable(address, conversation, at=event.at)
    reactions.react(conversation, event)


@_apply.register
def _delivery(event: events.DeliveryUpdated, channel: Channel, entry_point: EntryPoint | None) -> None:
    statuses.record_delivery(channel, event)


def _store(conversation: Conversation, channel: Channel, event: events.MessageReceived) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        channel=channel,
        seq=next_seq(conversation),
        direction=Direction.IN,
        author_kind=AuthorKind.CONTACT,
        ref=event.ref,
        twin_key=event.twin_key,
        text=event.text,
        content=_content(event),
        unsupported=event.unsupported[:60],
        reply_to=arrivals.replied_to(channel, event.reply_to),
        said_at=said_at(event),
    )
    _show_in_list(conversation, message, event)
    return message


def next_seq(conversation: Conversation) -> int:
    """The conversation's next message number; the row must be locked by the caller (invariant I3)."""
    conversation.last_seq += 1
    return conversation.last_seq


def _show_in_list(conversation: Conversation, message: Message, event: events.MessageReceived) -> None:
    now = timezone.now()
    conversation.last_message_at = conversation.last_inbound_at = now
    conversation.last_inbound_seq = message.seq
    conversation.needs_answer_since = conversation.needs_answer_since or now
    conversation.preview = (message.text or _summary(event))[:160]
    conversation.preview_kind = event.media[0].kind if event.media else ("answer" if event.answer else "text")
    if event.unsupported:
        conversation.preview_kind = "unsupported"
    conversation.preview_direction = Direction.IN
    conversation.save()


def _say_left(conversation: Conversation) -> None:
    conversation.preview, conversation.preview_kind = "", "left"
    conversation.preview_direction = Direction.IN
    conversation.needs_answer_since = None
    conversation.last_message_at = timezone.now()
    conversation.save()


def _summary(event: events.MessageReceived) -> str:
    if event.answer:
        return ", ".join(option.title for option in event.answer.selected)
    if event.media:
        return event.media[0].name
    return event.place.title if event.place else (event.person.name if event.person else "")


def _content(event: events.MessageReceived) -> dict[str, object]:
    found: dict[str, object] = {}
    if event.answer:
        found["answer"] = answer_to_json(event.answer)
    if event.place:
        place = event.place
        found["place"] = {
            "latitude": place.latitude,
            "longitude": place.longitude,
            "title": place.title,
            "address": place.address,
        }
    if event.person:
        found["person"] = {"name": event.person.name, "phone": event.person.phone}
    return found

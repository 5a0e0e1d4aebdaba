"""Storing what customers say, many messages with a few statements; one message is a batch of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from apps.conversations import answers, arrivals, met_before, openings, taken_back
from apps.conversations.addresses import Addresses, mark_reachable
from apps.conversations.arrivals import Said
from apps.conversations.clock import said_at
from apps.conversations.models import AuthorKind, ContactAddress, Conversation, Direction, Message
from apps.conversations.opening import Conversations
from apps.conversations.stream import Kind, record
from apps.conversations.ways import Homes
from apps.core import rows
from apps.platforms import cards
from apps.platforms.cards import answer_to_json
from apps.platforms.events import MessageReceived


def looks_back(event: MessageReceived) -> bool:
    """Whether it refers to a message, which must be stored before: such an event is heard by itself."""
    return bool(event.reply_to or event.answer or event.twin_key)


def hear(said: Sequence[Said]) -> list[Message]:
    """Store messages in their order; those made. Idempotent: repetitions make none (invariant I2).

    Takes locks in this order: addresses, conversations, at the scope's end the tenant's counter.
    """
    addresses = Addresses((each.channel, each.event) for each in said)
    known = met_before.of(said)
    fresh = taken_back.emptied(arrivals.new_ones(said, addresses, known.here), known.taken_back)
    homes = Homes((each.channel, addresses.of(each.channel, each.event)) for each in fresh)
    spoken = {homes.of(each.channel, addresses.of(each.channel, each.event), each.event) for each in fresh}
    conversations = Conversations({address for _channel, address in spoken})
    messages = [_hear(each, addresses, homes, conversations) for each in fresh]
    _link_and_tell(messages)
    addresses.save()
    conversations.save()
    rows.insert(messages)
    arrivals.attach([(message, each.event.media) for message, each in zip(messages, fresh, strict=True)])
    return messages


def _hear(each: Said, addresses: Addresses, homes: Homes, conversations: Conversations) -> Message:
    """The message, not yet stored; its address and conversation are changed in memory."""
    channel, event = each.channel, each.event
    address = addresses.of(channel, event)
    addresses.learn(address, event)
    conversation = conversations.reach(*homes.of(channel, address, event), event, each.entry_point)
    at = said_at(event)
    opener = openings.opener_for(channel.platform, event.opener)
    mark_reachable(address, conversation, at=at, opener=opener)
    if event.handle is not None:
        _hold(address, conversation, event.handle, at)
    message = Message(
        conversation=conversation,
        channel=channel,
        seq=_next_seq(conversation),
        direction=Direction.IN,
        author_kind=AuthorKind.CONTACT,
        ref=event.ref,
        twin_key=event.twin_key,
        text=event.text,
        content=_content(event),
        unsupported=event.unsupported[:60],
        reply_to=arrivals.replied_to(channel, event.reply_to),
        said_at=at,
        withdrawn_at=each.withdrawn_at,
    )
    _show_in_list(conversation, message, event)
    return message


def _hold(
    address: ContactAddress, conversation: Conversation, handle: Mapping[str, str], at: datetime
) -> None:
    """Whoever is given what a message can be answered with has the thread, whatever was told of it before.
    What comes late, after what was said later, leaves that one's."""
    if address.thread_owner:
        record(Kind.THREAD_CONTROL_CHANGED, conversation, ours=True)
    address.thread_owner = ""
    if address.handle_at is None or at >= address.handle_at:
        address.handle, address.handle_at = dict(handle), at


def _link_and_tell(messages: Sequence[Message]) -> None:
    shown = answers.waiting(messages)
    for message in messages:
        answers.link(message, shown)
        record(Kind.MESSAGE_RECEIVED, message.conversation, message=str(message.id), seq=message.seq)


def _next_seq(conversation: Conversation) -> int:
    """The conversation's next message number; the row must be locked by the caller (invariant I3)."""
    conversation.last_seq += 1
    return conversation.last_seq


def _show_in_list(conversation: Conversation, message: Message, event: MessageReceived) -> None:
    now = timezone.now()
    conversation.last_message_at = conversation.last_inbound_at = now
    conversation.last_inbound_seq = message.seq
    conversation.needs_answer_since = conversation.needs_answer_since or now
    conversation.preview = (message.text or _summary(event))[:160]
    conversation.preview_kind = taken_back.SHOWN if message.withdrawn_at else _kind(event)
    conversation.preview_direction = Direction.IN


def _kind(event: MessageReceived) -> str:
    if event.unsupported:
        return "unsupported"
    if event.media:
        return event.media[0].kind
    if event.place:
        return "place"
    return "answer" if event.answer else "text"


def _summary(event: MessageReceived) -> str:
    if event.answer and (words := cards.answer_text(event.answer)):
        return words
    if event.media:
        return event.media[0].name
    return event.place.title if event.place else (event.person.name if event.person else "")


def _content(event: MessageReceived) -> dict[str, object]:
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
    if event.details:
        found["details"] = [list(pair) for pair in event.details]
    return found

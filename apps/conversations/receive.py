"""What platforms' events do to conversations, in the channels' tenant.

Every repetition is harmless (invariant I2): messages are unique by (channel, ref), everything else sets a
state. Events of one customer are serialised by the lock on their address row.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatch

from django.utils import timezone

from apps.connections import health, templates
from apps.connections.models import Channel, EntryPoint
from apps.conversations import (
    echoes,
    moving,
    openings,
    parking,
    reactions,
    redirecting,
    statuses,
    taken_back,
    typing,
)
from apps.conversations.addresses import Addresses, mark_gone, mark_marketing, mark_reachable
from apps.conversations.arrivals import Arrival, Said
from apps.conversations.clock import said_at
from apps.conversations.hear import hear, looks_back
from apps.conversations.models import ContactAddress, Conversation, Direction, Message
from apps.conversations.opening import Conversations, note_tap, open_conversation
from apps.conversations.stream import Kind, record
from apps.conversations.ways import Homes
from apps.platforms import events
from apps.platforms.windows import Opener

log = logging.getLogger(__name__)

AnyArrival = Arrival[events.Event]


def receive(
    channel: Channel, event: events.Event, *, entry_point: EntryPoint | None = None
) -> Message | None:
    """Apply one event; the message it made, if any. Idempotent. Must run inside the tenant's scope.

    `entry_point` is given when the door knows it (web chat); otherwise the tag names it.
    """
    return next(iter(receive_all([Arrival(channel, event, entry_point)])), None)


def receive_all(arrived: Iterable[AnyArrival]) -> list[Message]:
    """Apply events in their order, with a few statements for many; the messages made.

    Idempotent. Must run inside the tenant's scope; all of it or nothing: whoever catches an error must
    roll back.
    """
    return [message for stretch in _stretches(arrived) for message in _receive(stretch)]


def _stretches(arrived: Iterable[AnyArrival]) -> Iterator[list[AnyArrival]]:
    """Cut into stretches within which order matters only among messages: plain messages and receipts of
    ours. Every other event is a stretch by itself."""
    stretch: list[AnyArrival] = []
    for each in arrived:
        if _plain(each.event):
            stretch.append(each)
        else:
            yield stretch
            yield [each]
            stretch = []
    yield stretch


def _plain(event: events.Event) -> bool:
    if isinstance(event, events.MessageReceived):
        return not looks_back(event)
    return isinstance(event, events.DeliveryUpdated)


def _receive(stretch: Sequence[AnyArrival]) -> list[Message]:
    said: list[Said] = []
    others: list[AnyArrival] = []
    for each in stretch:
        if isinstance(each.event, events.MessageReceived):
            said.append(Arrival(each.channel, each.event, each.entry_point))
        else:
            others.append(each)
    made = hear(said) if said else []
    redirecting.answer(made)
    for each in others:
        _apply(each.event, each.channel, each.entry_point)
    return made


@singledispatch
def _apply(event: events.Event, channel: Channel, entry_point: EntryPoint | None) -> None:
    """An event of the future: its webhook is kept, and nothing else comes of it."""
    log.warning("no rule for %s", type(event).__name__)


@_apply.register
def _tap(event: events.EntryPointTapped, channel: Channel, entry_point: EntryPoint | None) -> None:
    addresses = Addresses([(channel, event)])
    address = addresses.of(channel, event)
    addresses.learn(address, event)
    if event.returns:
        opener = openings.opener_for(channel.platform, Opener.TAP)
        mark_reachable(address, open_conversation(channel, address), at=said_at(event), opener=opener)
    note_tap(channel, address, event, entry_point)
    addresses.save()


@_apply.register
def _unreadable(event: events.Unreadable, channel: Channel, entry_point: EntryPoint | None) -> None:
    """The webhook that it came in says so (`inbox`)."""


@_apply.register
def _left(event: events.ContactLeft, channel: Channel, entry_point: EntryPoint | None) -> None:
    """Also from the conversation for which this channel stands in."""
    address = Addresses([(channel, event)]).of(channel, event)
    for each in (address, *Homes([(channel, address)]).all()):
        _leave(each, event.reason)


@_apply.register
def _returned(event: events.ContactReturned, channel: Channel, entry_point: EntryPoint | None) -> None:
    addresses = Addresses([(channel, event)])
    address = addresses.of(channel, event)
    mark_reachable(address, open_conversation(channel, address), at=None)
    addresses.save()


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
    if (
        message.edited_at and event.at < message.edited_at
    ):  # LINE brings edits in any order: the latest counts
        return
    if message.text != event.text:
        message.text, message.edited_at = event.text, event.at
        message.save(update_fields=["text", "edited_at"])
        _edit_in_list(message)
        record(Kind.MESSAGE_EDITED, message.conversation, message=str(message.id))


def _edit_in_list(message: Message) -> None:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=message.conversation_id)
    if taken_back.in_list(message, conversation):
        conversation.preview = message.text[:160]
        conversation.save(update_fields=["preview"])


@_apply.register
def _withdrawn(event: events.MessageWithdrawn, channel: Channel, entry_point: EntryPoint | None) -> None:
    taken_back.take_back(channel, event)


@_apply.register
def _reaction(event: events.ReactionReceived, channel: Channel, entry_point: EntryPoint | None) -> None:
    addresses = Addresses([(channel, event)])
    address = addresses.of(channel, event)
    conversations = Conversations([address])
    conversation = conversations.reach(channel, address, event, entry_point)
    mark_reachable(address, conversation, at=said_at(event))
    addresses.save()
    conversations.save()
    reactions.react(conversation, event)


@_apply.register
def _delivery(event: events.DeliveryUpdated, channel: Channel, entry_point: EntryPoint | None) -> None:
    statuses.record_delivery(channel, event)


@_apply.register
def _echo(event: events.MessageEchoed, channel: Channel, entry_point: EntryPoint | None) -> None:
    echoes.echo(channel, event)


@_apply.register
def _window(event: events.WindowOpened, channel: Channel, entry_point: EntryPoint | None) -> None:
    addresses = Addresses([(channel, event)])
    address = addresses.of(channel, event)
    addresses.learn(address, event)
    conversation = open_conversation(channel, address)
    opener = openings.opener_for(channel.platform, event.opener)
    mark_reachable(address, conversation, at=said_at(event), opener=opener)
    addresses.save()
    if conversation:
        end = openings.ends(channel.platform, opener, said_at(event))
        until = end.isoformat() if end else ""
        record(Kind.WINDOW_OPENED, conversation, opener=event.opener.value, until=until)


@_apply.register
def _moved(event: events.AddressChanged, channel: Channel, entry_point: EntryPoint | None) -> None:
    moving.move(channel, event)


@_apply.register
def _control(event: events.ThreadControlChanged, channel: Channel, entry_point: EntryPoint | None) -> None:
    addresses = Addresses([(channel, event)])
    address = addresses.of(channel, event)
    owner = "" if event.ours else event.owner[:120] or address.thread_owner or "?"
    if address.thread_owner != owner:
        address.thread_owner = owner
        addresses.save()
        record(Kind.THREAD_CONTROL_CHANGED, open_conversation(channel, address), ours=event.ours)


@_apply.register
def _marketing(event: events.MarketingChanged, channel: Channel, entry_point: EntryPoint | None) -> None:
    address = Addresses([(channel, event)]).of(channel, event)
    if mark_marketing(address, wanted=event.wanted, at=event.at):
        record(Kind.MARKETING_CHANGED, open_conversation(channel, address), wanted=event.wanted)


@_apply.register
def _troubled(event: events.ChannelTroubled, channel: Channel, entry_point: EntryPoint | None) -> None:
    health.told(channel, event.words, code=event.code, stops=event.stops)
    record(Kind.CHANNEL_CHANGED, None, channel=str(channel.pk))


@_apply.register
def _template(event: events.TemplateChanged, channel: Channel, entry_point: EntryPoint | None) -> None:
    templates.changed(channel, event)
    record(Kind.CHANNEL_CHANGED, None, channel=str(channel.pk))


def _leave(address: ContactAddress, reason: str) -> None:
    conversation = open_conversation(address.channel, address)
    if mark_gone(address, reason):
        parking.park_queued(address)
        if conversation:
            _say_left(conversation)
        record(Kind.CONTACT_LEFT, conversation, reason=reason)


def _say_left(conversation: Conversation) -> None:
    conversation.preview, conversation.preview_kind = "", "left"
    conversation.preview_direction = Direction.IN
    conversation.needs_answer_since = None
    conversation.last_message_at = timezone.now()
    conversation.save()

"""What a visitor may read: their own conversations on this channel, as a whole or since a cursor."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from apps.conversations import stream
from apps.conversations.models import (
    ContactAddress,
    Conversation,
    ConversationStatus,
    HolderKind,
    Message,
    ReadMark,
    StreamEvent,
)
from apps.conversations.stream import Kind
from apps.core.look import code_of
from apps.widget.models import Visitor
from apps.widget.shapes import Shape, first_name, shape, shown

LATEST = 200  # messages in a fresh state
MISSED = 500  # events that are replayed; who missed more gets a fresh state

# Of each, `data["message"]` names the message that is now different.
_OF_MESSAGES = (
    Kind.MESSAGE_RECEIVED,
    Kind.MESSAGE_SENT,
    Kind.MESSAGE_EDITED,
    Kind.MESSAGE_WITHDRAWN,
    Kind.REACTION_RECEIVED,
    Kind.ATTACHMENT_CHANGED,
    Kind.DELIVERY_CHANGED,
)
_OF_STATE = (
    Kind.CONVERSATION_OPENED,
    Kind.CONVERSATION_ASSIGNED,
    Kind.CONVERSATION_TRANSFERRED,
    Kind.CONVERSATION_CLOSED,
    Kind.CONVERSATION_REOPENED,
    Kind.CONVERSATION_READ,
    Kind.CONTACT_LEFT,
    Kind.CONTACT_RETURNED,
)
TOLD = frozenset(_OF_MESSAGES + _OF_STATE)


class TooFarBehind(Exception):
    """More happened than is worth replaying or still known, or the cursor is from no past of ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """Everything up to `seq`; `states` by conversation."""

    seq: int
    messages: list[Shape] = field(default_factory=list)
    states: dict[UUID, Shape] = field(default_factory=dict)


def conversations_of(visitor: Visitor) -> QuerySet[Conversation]:
    """The visitor's own; for a proven customer those of all their addresses on the channel."""
    mine = Q(address__value=visitor.value)
    if visitor.external_id:
        mine |= Q(contact__external_id=visitor.external_id)
    return Conversation.objects.filter(mine, channel=visitor.channel_id)


def messages_of(visitor: Visitor) -> QuerySet[Message]:
    """Everything said between the visitor and the business, what was never sent included."""
    return Message.objects.filter(conversation__in=conversations_of(visitor))


def whole(visitor: Visitor) -> Told:
    """The latest messages in order, and the state of the latest conversation."""
    seq = stream.head()
    newest = _loaded(messages_of(visitor)).order_by("-created_at", "-seq")[:LATEST]
    found = [shape(each) for each in reversed(newest) if shown(each)]
    latest = conversations_of(visitor).order_by("-opened_at")[:1]
    return Told(seq, found, states_of(latest))


def since(visitor: Visitor, seq: int) -> Told:
    """What changed above `seq`. Raises TooFarBehind."""
    whole_above, head = stream.span()
    if not whole_above <= seq <= head:
        raise TooFarBehind
    mine = conversations_of(visitor).values("pk")
    rows = StreamEvent.objects.filter(conversation__in=mine, seq__gt=seq, seq__lte=head, kind__in=TOLD)
    events = list(rows.order_by("seq")[: MISSED + 1])
    if len(events) > MISSED:
        raise TooFarBehind
    messages, states = changed(events, places_of(events))
    return Told(head, messages, states)


def changed(
    events: Iterable[StreamEvent], conversations: Collection[UUID]
) -> tuple[list[Shape], dict[UUID, Shape]]:
    """Messages and states as they are now, of those that `events` tell of in `conversations`."""
    told = [each for each in events if each.conversation_id in conversations and each.kind in TOLD]
    ids = {each.data["message"] for each in told if each.kind in _OF_MESSAGES}
    rows = _loaded(Message.objects.filter(pk__in=ids, conversation__in=conversations))
    messages = [_shape_or_removal(each) for each in rows.order_by("created_at", "seq")]
    moved = places_of(each for each in told if each.kind in _OF_STATE + _MOVING)
    return messages, states_of(Conversation.objects.filter(pk__in=moved))


_MOVING = (Kind.MESSAGE_SENT, Kind.MESSAGE_RECEIVED)  # taking and reopening happen with them


def places_of(events: Iterable[StreamEvent]) -> set[UUID]:
    """The conversations of those events that a visitor is told of."""
    return {each.conversation_id for each in events if each.conversation_id and each.kind in TOLD}


def states_of(conversations: QuerySet[Conversation]) -> dict[UUID, Shape]:
    rows = list(conversations.select_related("assignee__user", "address"))
    read = ReadMark.objects.filter(conversation__in=rows).order_by()
    read_up_to = dict(read.values_list("conversation").annotate(Max("seq")))
    return {row.pk: _state(row, read_up_to.get(row.pk, 0)) for row in rows}


def gone(visitor: Visitor) -> bool:
    """Whether the visitor has left: the business cannot write until they do."""
    rows = ContactAddress.objects.filter(channel=visitor.channel_id, value=visitor.value)
    return rows.filter(reachable=False).exists()


def _loaded(rows: QuerySet[Message]) -> QuerySet[Message]:
    return rows.select_related("author__user").prefetch_related("attachments", "deliveries")


def _shape_or_removal(message: Message) -> Shape:
    if shown(message):
        return shape(message)
    return {"id": str(message.id), "conversation": str(message.conversation_id), "removed": True}


def _state(conversation: Conversation, read_up_to: int) -> Shape:
    holder = conversation.assignee if conversation.holder_kind == HolderKind.MEMBER else None
    return {
        "conversation": str(conversation.pk),
        "code": code_of(str(conversation.contact_id)),
        "closed": conversation.status == ConversationStatus.CLOSED,
        "left": not conversation.address.reachable,
        "with": first_name(holder.user.name) if holder else None,
        "read_up_to": min(read_up_to, conversation.last_seq),
    }

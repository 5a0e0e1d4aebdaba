"""What a visitor does, as events of their channel: the same that any platform's adapter makes.

Each returns after the rows are written; they are durable when the caller's scope ends, and the answer
leaves after that (invariant I1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from apps.connections import health
from apps.conversations.models import (
    Delivery,
    DeliveryStatus,
    Direction,
    Message,
)
from apps.conversations.receive import receive
from apps.platforms import cards
from apps.platforms.cards import CardAnswer, Given
from apps.platforms.events import (
    ContactLeft,
    DeliveryState,
    DeliveryUpdated,
    Event,
    Facts,
    MessageReceived,
    Place,
    TypingChanged,
)
from apps.widget import history, uploads
from apps.widget.models import Visitor
from apps.widget.shapes import card_in, ref_of

MAX_TEXT = 10_000


class NothingSaid(ValueError):
    """Neither words nor a file."""


class TooLong(ValueError):
    """More than MAX_TEXT characters."""


class ClientIdReused(Exception):
    """The same client_id was used for something else."""


class NoSuchCard(LookupError):
    """The visitor was never sent this card, or it asks nothing."""


class AlreadyAnswered(Exception):
    """The card has its answer, from here or from another device."""


def say(
    visitor: Visitor, text: str, *, files: Sequence[UUID], client_id: UUID, reply_to: UUID | None = None
) -> Message:
    """Say something. Idempotent by `client_id`: a second call returns the message of the first.

    Raises NothingSaid, TooLong, ClientIdReused, and what `uploads.chosen` raises.
    """
    text = text.replace("\x00", "").strip()
    if not text and not files:
        raise NothingSaid
    if len(text) > MAX_TEXT:
        raise TooLong
    _lock(visitor)
    known = _said(visitor, client_id)
    if known is not None:
        return _same(known, text, len(files))
    sent = uploads.chosen(visitor, files)
    event = MessageReceived(
        **_facts(visitor, ref_of(visitor.pk, client_id)),
        text=text,
        media=tuple(uploads.reference(each) for each in sent),
        reply_to=_ref_of_message(visitor, reply_to),
        tag=visitor.entry_point.tag,
        group=visitor.entry_point.group,
    )
    message = _received(visitor, event)
    uploads.attach(message, sent)
    return message


def answer(
    visitor: Visitor, message_id: UUID, given: Given, *, client_id: UUID, place: Place | None = None
) -> Message:
    """Answer a card, once. `place` is where the visitor is, for a card that asks it.

    Idempotent by `client_id`. Raises NoSuchCard, cards.BadAnswer, AlreadyAnswered, ClientIdReused.
    """
    _lock(visitor)
    asked = history.messages_of(visitor).filter(pk=message_id, direction=Direction.OUT).first()
    card = _card_of(asked) if asked else None
    if asked is None or card is None:
        raise NoSuchCard
    here = place if isinstance(card, cards.LocationRequest) else None
    typed = CardAnswer(card_id=card.id) if here else cards.answered(card, given)
    known = _said(visitor, client_id)
    if known is not None:
        return _same_answer(known, typed, here)
    if asked.content.get("answer"):
        raise AlreadyAnswered
    cards.check_ahead(typed, timezone.now())  # here: what was said in time may be repeated later
    event = MessageReceived(
        **_facts(visitor, ref_of(visitor.pk, client_id)),
        answer=typed,
        place=here,
        tag=visitor.entry_point.tag,
        group=visitor.entry_point.group,
    )
    return _received(visitor, event)


def type_(visitor: Visitor, on: bool) -> None:
    """Show agents that the visitor types, or no longer does."""
    receive(visitor.channel, TypingChanged(**_facts(visitor), typing=on))


def mark(visitor: Visitor, message_id: UUID, *, read: bool) -> None:
    """The visitor's device has shown (or with `read` the visitor has seen) everything up to this message.

    An id that is not theirs marks nothing. Idempotent; marks only move forward.
    """
    up_to = history.messages_of(visitor).filter(pk=message_id).first()
    if up_to is None:
        return
    earlier = (DeliveryStatus.READ,) if read else (DeliveryStatus.READ, DeliveryStatus.DELIVERED)
    rows = Delivery.objects.filter(conversation=up_to.conversation_id, message__seq__lte=up_to.seq)
    waiting = rows.exclude(state__in=[*earlier, DeliveryStatus.FAILED, DeliveryStatus.PARKED])
    state = DeliveryState.READ if read else DeliveryState.DELIVERED
    for delivery_id in waiting.order_by("seq").values_list("pk", flat=True):
        facts = _facts(visitor)
        update = DeliveryUpdated(**facts, target="", delivery_id=str(delivery_id), state=state)
        receive(visitor.channel, update)


def leave(visitor: Visitor) -> None:
    """The visitor leaves for good: nobody can write to them until they write again. Idempotent."""
    receive(visitor.channel, ContactLeft(**_facts(visitor), reason="deleted"))


def _lock(visitor: Visitor) -> None:
    """One request of a visitor at a time, so that a repetition finds what the first has written."""
    Visitor.objects.select_for_update(of=("self",)).get(pk=visitor.pk)


def _received(visitor: Visitor, event: Event) -> Message:
    message = receive(visitor.channel, event, entry_point=visitor.entry_point)
    assert message is not None  # its ref is new: looked up under the visitor's lock
    health.received(visitor.channel)
    return message


def _said(visitor: Visitor, client_id: UUID) -> Message | None:
    rows = Message.objects.filter(channel=visitor.channel_id, ref=ref_of(visitor.pk, client_id))
    return rows.first()


def _same(known: Message, text: str, files: int) -> Message:
    if known.text != text or known.attachments.count() != files:
        raise ClientIdReused
    return known


def _card_of(asked: Message) -> cards.Card | None:
    """The card when it asks something."""
    card = card_in(asked)
    return card if card is not None and cards.takes_answers(card) else None


def _same_answer(known: Message, typed: CardAnswer, place: Place | None) -> Message:
    where = known.content.get("place")
    same_place = (where is None) if place is None else where == asdict(place)
    if known.content.get("answer") != cards.answer_to_json(typed) or not same_place:
        raise ClientIdReused
    return known


def _ref_of_message(visitor: Visitor, message_id: UUID | None) -> str:
    if message_id is None:
        return ""
    meant = history.messages_of(visitor).filter(pk=message_id).first()
    if meant is None:
        return ""
    if meant.direction == Direction.IN:
        return meant.ref or ""
    return meant.deliveries.exclude(ref="").values_list("ref", flat=True).first() or ""


def _facts(visitor: Visitor, ref: str = "") -> dict[str, Any]:
    return {
        "to": visitor.channel.address,
        "address": visitor.value,
        "ref": ref or str(uuid4()),
        "at": timezone.now(),
        "facts": Facts(locale=visitor.locale),
    }

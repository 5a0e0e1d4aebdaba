"""What a platform cannot bring to a customer goes by the channel that stands in for it.

    failed, out of reach ──► queued on the stand-in, in the same place of the conversation's line

Only for what the customer certainly does not have and will not get: never a second copy. The old row stays as
evidence. What the stand-in may not or cannot send stays failed, for a person.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from apps.connections.models import Channel
from apps.conversations import hints, ways
from apps.conversations.models import Attachment, AuthorKind, Conversation, Delivery, Message
from apps.conversations.policy import Decision
from apps.conversations.send import PARTS, Author, decide
from apps.platforms import base, compose, registry

PLACE = PARTS // 2  # of a message's line, from which on its stand-ins stand
REFUSED = "no_stand_in"  # code of a delivery whose stand-in may not write to the customer


def fall_back(delivery: Delivery) -> bool:
    """Queue what `delivery` was to bring on the channel that stands in; False when there is none or it may
    not, which the delivery then says (in memory, and so is what else changes of it).

    Needs the delivery locked and failed. Raises OperationalError when somebody holds the conversation just
    now: nothing is written then, and the caller comes again.
    """
    channel = ways.stand_in_of(delivery.channel)
    if channel is None:
        return False
    held = Conversation.objects.select_for_update(no_key=True, nowait=True, of=("self",))
    conversation = held.select_related("address", "channel").get(pk=delivery.conversation_id)
    message = delivery.message
    ways.meet(channel, conversation.address)
    decision = decide(conversation, _speaker(message), channel=channel)
    parts = _parts(delivery, channel)
    delivery.code = _obstacle(delivery, channel, decision, parts) or delivery.code
    if delivery.code in (REFUSED, "too_large"):
        return False
    _queue(delivery, channel, parts, decision)
    _show_as_text(message, base.part_from_json(delivery.part), channel)
    delivery.settled_by = "stand_in"
    return True


def _speaker(message: Message) -> Author | None:
    """Who said it may say it still: a colleague who has taken the conversation since does not stop it."""
    kind = AuthorKind(message.author_kind)
    return None if kind is AuthorKind.MEMBER else Author(kind=kind)


def _parts(delivery: Delivery, channel: Channel) -> Sequence[base.Part]:
    """As the stand-in can show it: a card it does not know becomes numbered text."""
    part = base.part_from_json(delivery.part)
    if part.kind == "media":
        return [part]
    return registry.get(channel.platform).compose(base.Content(text=part.text, card=part.card), None)


def _obstacle(delivery: Delivery, channel: Channel, decision: Decision, parts: Sequence[base.Part]) -> str:
    if not decision.allow or not parts or (decision.left is not None and decision.left < len(parts)):
        return REFUSED
    limit = registry.get(channel.platform).capabilities.media_limit
    places = [part.media for part in parts if part.media is not None]
    files = Attachment.objects.filter(message=delivery.message_id, position__in=places, size__gt=limit)
    return "too_large" if places and files.exists() else ""


def _queue(delivery: Delivery, channel: Channel, parts: Sequence[base.Part], decision: Decision) -> None:
    first = _place(delivery.message)
    for number, part in enumerate(parts):
        Delivery.objects.create(
            message=delivery.message,
            conversation_id=delivery.conversation_id,
            channel=channel,
            seq=first + number,
            part=base.part_to_json(part),
            retry_class=registry.get(channel.platform).capabilities.retry_class,
            decision=decision.to_json(),
        )
    transaction.on_commit(hints.deliveries_waiting)


def _place(message: Message) -> int:
    """After the message's own parts and those that stand in already, before whatever follows it."""
    start = message.seq * PARTS + PLACE
    rows = Delivery.objects.filter(conversation=message.conversation_id, seq__gte=start)
    last = rows.filter(seq__lt=(message.seq + 1) * PARTS).aggregate(last=Max("seq"))["last"]
    return start if last is None else int(last) + 1


def _show_as_text(message: Message, part: base.Part, channel: Channel) -> None:
    """A card that went as numbered text is answered with a number."""
    able = registry.get(channel.platform).capabilities
    if part.card is not None and not compose.can_show(part.card, able, None):
        message.content = {**message.content, "card_as_text": True}
        message.save(update_fields=["content"])

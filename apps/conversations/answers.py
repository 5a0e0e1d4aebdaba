"""Joining an answer to the card that it answers, also "2" typed as text and the place that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from apps.conversations.models import Conversation, Direction, Message
from apps.conversations.stream import Kind, record
from apps.core import rows
from apps.platforms import cards, registry

LOOK_BACK = 20  # messages


Waiting = dict[UUID, Message]


def waiting(messages: Sequence[Message]) -> Waiting:
    """By conversation the last card that we sent a moment ago, where the platform will not name it with the
    answer: one that went out as numbered text, or with it, or that asks for the place."""
    conversations = {message.conversation for message in messages}
    talked = [conversation.pk for conversation in conversations if conversation.last_seq > 1]
    if not talked:
        return {}
    recent = rows.select_with(
        Message,
        "conversation",
        "t.conversation_id = ANY(%s) AND t.direction = %s AND t.seq > o.last_seq - %s AND t.content ? 'card'",
        [talked, Direction.OUT, LOOK_BACK],
        end="ORDER BY t.seq",
    )
    last = {card.conversation_id: card for card in recent}
    in_words = {message.conversation_id for message in messages if _goes_with_words(message)}
    return {
        pk: card for pk, card in last.items() if pk in in_words or _is_in_words(card) or _asks_where(card)
    }


def link(message: Message, shown: Waiting) -> None:
    """Mark the card that a new message answers as answered; give a numbered text or a place its typed answer.

    The message is not stored yet: it is changed in memory. `shown` was asked for before this and earlier
    messages of its conversation.
    """
    answer = message.content.get("answer")
    if answer:
        _link(message, answer, _card_named(message.conversation, answer["card_id"]))
    elif card := _near(shown.get(message.conversation_id), message):
        _link(message, _understood(card, message), card)


def unlink(message: Message) -> None:
    """Let the card that `message` answered forget the answer: the message is taken back."""
    answer = message.content.get("answer")
    card = _card_named(message.conversation, answer["card_id"]) if answer else None
    if card is not None and card.content.get("answer") == answer:
        card.content = {name: value for name, value in card.content.items() if name != "answer"}
        card.save(update_fields=["content"])
        record(Kind.MESSAGE_EDITED, message.conversation, message=str(card.id))


def _link(message: Message, answer: dict[str, object] | None, card: Message | None) -> None:
    if answer is None or card is None:
        return
    message.content = {**message.content, "answer": _with_titles(answer, card)}
    _show_in_list(message, card)
    message.reply_to = message.reply_to or card
    card.content = {**card.content, "answer": message.content["answer"]}
    card.save(update_fields=["content"])
    record(Kind.MESSAGE_EDITED, message.conversation, message=str(card.id))


def _card_named(conversation: Conversation, card_id: str) -> Message | None:
    sent = conversation.messages.filter(direction=Direction.OUT, content__has_key="card")
    if card_id:
        return sent.filter(content__card__id=card_id).last()
    return sent.last()


def _near(card: Message | None, message: Message) -> Message | None:
    """`card` when it is near enough and nobody has answered it."""
    if card is None or "answer" in card.content or card.seq < message.seq - LOOK_BACK:
        return None
    return card


def _understood(card: Message, message: Message) -> dict[str, object] | None:
    if _asks_where(card):
        place = cards.CardAnswer(card_id=card.content["card"]["id"])
        return cards.answer_to_json(place) if message.content.get("place") else None
    answer = cards.answer_from_text(cards.from_json(card.content["card"]), message.text)
    return cards.answer_to_json(answer) if answer else None


def _is_in_words(card: Message) -> bool:
    return bool(card.content.get("card_as_text"))


def _goes_with_words(message: Message) -> bool:
    """Whether cards to whom said this go out with their words."""
    return registry.get(message.channel.platform).capabilities.words_beside_card


def _asks_where(card: Message) -> bool:
    return bool(card.content["card"]["kind"] == "location_request")


def _show_in_list(message: Message, card: Message) -> None:
    """A platform that says nothing beside the answer leaves its words to us."""
    if message.text:
        return
    typed = cards.answer_from_json(message.content["answer"])
    words = cards.answer_text(typed, cards.from_json(card.content["card"]))
    if words:
        message.conversation.preview = words[:160]


def _with_titles(answer: dict[str, object], card: Message) -> dict[str, object]:
    """Titles and times as we wrote them, for platforms that echo ids only, or times to the minute."""
    shown = cards.from_json(card.content["card"])
    known = {option.id: option for option in cards.options(shown)}
    times = {slot.id: slot for slot in shown.slots} if isinstance(shown, cards.TimeSlots) else {}
    typed = cards.answer_from_json(answer)
    selected = tuple(known.get(option.id, option) for option in typed.selected)
    slot = times.get(typed.slot.id, typed.slot) if typed.slot else None
    return cards.answer_to_json(replace(typed, card_id=shown.id, selected=selected, slot=slot))

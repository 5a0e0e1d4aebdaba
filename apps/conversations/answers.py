"""Joining a customer's choice to the card it answers, also when they typed "2"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from apps.conversations.models import Conversation, Direction, Message
from apps.conversations.stream import Kind, record
from apps.core import rows
from apps.platforms import cards

LOOK_BACK = 20  # messages


Shown = dict[UUID, Message]


def shown_as_text(messages: Sequence[Message]) -> Shown:
    """By conversation the last card that we sent a moment ago, where that one went out as numbered text."""
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
    return {pk: card for pk, card in last.items() if card.content.get("card_as_text")}


def link(message: Message, shown: Shown) -> None:
    """Mark the card that a new message answers as answered; give a numbered text its typed answer.

    The message is not stored yet: it is changed in memory. `shown` was asked for before this and earlier
    messages of its conversation.
    """
    answer = message.content.get("answer")
    if answer:
        _link(message, answer, _card_named(message.conversation, answer["card_id"]))
    elif card := _waiting(shown.get(message.conversation_id), message):
        _link(message, _understood(card, message.text), card)


def _link(message: Message, answer: dict[str, object] | None, card: Message | None) -> None:
    if answer is None or card is None:
        return
    message.content = {**message.content, "answer": _with_titles(answer, card)}
    message.reply_to = message.reply_to or card
    card.content = {**card.content, "answer": message.content["answer"]}
    card.save(update_fields=["content"])
    record(Kind.MESSAGE_EDITED, message.conversation, message=str(card.id))


def _card_named(conversation: Conversation, card_id: str) -> Message | None:
    sent = conversation.messages.filter(direction=Direction.OUT, content__has_key="card")
    if card_id:
        return sent.filter(content__card__id=card_id).last()
    return sent.last()


def _waiting(card: Message | None, message: Message) -> Message | None:
    """`card` when it is near enough and nobody has answered it."""
    if card is None or "answer" in card.content or card.seq < message.seq - LOOK_BACK:
        return None
    return card


def _understood(card: Message, text: str) -> dict[str, object] | None:
    answer = cards.answer_from_text(cards.from_json(card.content["card"]), text)
    return cards.answer_to_json(answer) if answer else None


def _with_titles(answer: dict[str, object], card: Message) -> dict[str, object]:
    """Titles as we wrote them, for platforms that echo ids only."""
    known = {option.id: option for option in cards.options(cards.from_json(card.content["card"]))}
    typed = cards.answer_from_json(answer)
    selected = tuple(known.get(option.id, option) for option in typed.selected)
    whole = replace(typed, card_id=card.content["card"]["id"], selected=selected)
    return cards.answer_to_json(whole)

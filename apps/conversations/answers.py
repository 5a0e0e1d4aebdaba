"""Joining a customer's choice to the card it answers, also when they typed "2"."""

from __future__ import annotations

from apps.conversations.models import Conversation, Direction, Message
from apps.conversations.stream import Kind, record
from apps.platforms import cards

LOOK_BACK = 20  # messages


def link(conversation: Conversation, message: Message) -> None:
    """Mark the card that `message` answers as answered, and give a numbered text its typed answer."""
    answer = message.content.get("answer")
    card = _card_named(conversation, answer["card_id"]) if answer else _card_as_text(conversation, message)
    if card is None:
        return
    if answer is None:
        understood = cards.answer_from_text(cards.from_json(card.content["card"]), message.text)
        if understood is None:
            return
        answer = cards.answer_to_json(understood)
    message.content = {**message.content, "answer": _with_titles(answer, card)}
    message.reply_to = message.reply_to or card
    message.save(update_fields=["content", "reply_to"])
    card.content = {**card.content, "answer": message.content["answer"]}
    card.save(update_fields=["content"])
    record(Kind.MESSAGE_EDITED, conversation, message=str(card.id))


def _card_named(conversation: Conversation, card_id: str) -> Message | None:
    rows = conversation.messages.filter(direction=Direction.OUT, content__has_key="card")
    if card_id:
        return rows.filter(content__card__id=card_id).last()
    return rows.last()


def _card_as_text(conversation: Conversation, message: Message) -> Message | None:
    rows = conversation.messages.filter(direction=Direction.OUT, seq__gte=message.seq - LOOK_BACK)
    last = rows.filter(content__has_key="card").last()
    if last is None or not last.content.get("card_as_text") or "answer" in last.content:
        return None
    return last


def _with_titles(answer: dict[str, object], card: Message) -> dict[str, object]:
    """Titles as we wrote them, for platforms that echo ids only."""
    known = {option.id: option for option in cards.options(cards.from_json(card.content["card"]))}
    typed = cards.answer_from_json(answer)
    selected = tuple(known.get(option.id, option) for option in typed.selected)
    return cards.answer_to_json(cards.CardAnswer(card_id=card.content["card"]["id"], selected=selected))

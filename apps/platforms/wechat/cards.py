"""Cards as WeChat shows them: a menu of words to tap (msgmenu), and a link as an article.

What is tapped comes back as a text message with the line's id, one line at a time, so that a section which
allows several comes back as several answers.
"""

from __future__ import annotations

from typing import Any

from apps.platforms.cards import Card, CardLimits, Link, TimeSlots, Unit, length, options, slot_text
from apps.platforms.shared import choices
from apps.platforms.shared.card_text import prompt

TEXT = 2048  # bytes
# Not documented: how many lines a menu may have and how long their ids are; how long an article's words.
LINES, LINE, LINE_ID = 20, 256, 128
ARTICLE_TITLE, ARTICLE_WORDS = 64 * 3, 120 * 3  # 64 and 120 Chinese characters
PACKED = 24 + 20  # bytes that card and time take of an id, see shared/choices.py

LIMITS = {
    "quick_replies": CardLimits(most=LINES, title=TEXT, choice=LINE, id=LINE_ID - PACKED, unit=Unit.BYTES),
    "list_picker": CardLimits(
        most=LINES,
        sections=0,
        title=TEXT,
        subtitle=TEXT,
        choice=LINE,
        id=LINE_ID - PACKED,
        multiple=True,
        unit=Unit.BYTES,
    ),
    "time_slots": CardLimits(most=LINES, title=TEXT, subtitle=TEXT, id=LINE_ID - PACKED, unit=Unit.BYTES),
    "link": CardLimits(title=ARTICLE_WORDS, choice=ARTICLE_TITLE, unit=Unit.BYTES),
}

Json = dict[str, Any]


def fits(card: Card) -> bool:
    """What is no capability: the menu in all, and ids of cards that are long."""
    if isinstance(card, Link):
        return True
    lines = _lines(card)
    if any(len(line["id"].encode()) > LINE_ID for line in lines):
        return False
    words = [prompt(card), *(line["content"] for line in lines)]
    return sum(length(each, Unit.BYTES) for each in words) <= TEXT


def message(card: Card) -> Json:
    """`msgtype` and what belongs to it, for a card that `fits`."""
    if isinstance(card, Link):
        article = {"title": card.button, "description": card.text, "url": card.url}
        return {"msgtype": "news", "news": {"articles": [article]}}
    menu = {"head_content": prompt(card), "list": _lines(card), "tail_content": ""}
    return {"msgtype": "msgmenu", "msgmenu": menu}


def _lines(card: Card) -> list[dict[str, str]]:
    if isinstance(card, TimeSlots):
        return [
            {"id": choices.slot_payload(card.id, slot), "content": slot_text(slot, card.timezone)}
            for slot in card.slots
        ]
    return [{"id": choices.payload(card.id, each.id), "content": each.title} for each in options(card)]

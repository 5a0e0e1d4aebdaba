"""Cutting a message into platform messages: what most platforms share."""

from __future__ import annotations

from collections.abc import Iterator

from apps.platforms import cards
from apps.platforms.base import Capabilities, Content, Part
from apps.platforms.cards import Card, ListPicker, QuickReplies


def plan(content: Content, capabilities: Capabilities, device: frozenset[str] | None) -> list[Part]:
    """Text first (cut at the limit), then files, then the card, in the order the customer should read."""
    parts: list[Part] = []
    text = content.text
    caption = ""
    if len(content.media) == 1 and 0 < len(text) <= capabilities.caption_limit:
        text, caption = "", text
    parts += [Part(kind="text", text=piece) for piece in cut(text, capabilities.text_limit)]
    parts += [Part(kind="media", media=n, text=caption) for n in range(len(content.media))]
    if content.card is not None:
        parts += list(_card_parts(content.card, capabilities, device))
    return parts


def cut(text: str, limit: int) -> Iterator[str]:
    """Pieces of at most `limit` characters, cut at a line, else at a space, else anywhere. Loses nothing."""
    while len(text) > limit:
        at = max(text.rfind("\n", 1, limit), text.rfind(" ", 1, limit))
        at = at + 1 if at > 0 else limit
        yield text[:at]
        text = text[at:]
    if text:
        yield text


def can_show(card: Card, capabilities: Capabilities, device: frozenset[str] | None) -> bool:
    """Whether platform and device show this card as such. A device that says nothing is believed able."""
    needed = capabilities.needs_device.get(card.kind)
    if needed and device is not None and needed not in device:
        return False
    if isinstance(card, QuickReplies):
        fewest, most = capabilities.quick_replies
        return most > 0 and fewest <= len(card.options) <= most
    return isinstance(card, ListPicker) and capabilities.list_picker


def _card_parts(card: Card, capabilities: Capabilities, device: frozenset[str] | None) -> Iterator[Part]:
    if can_show(card, capabilities, device):
        yield Part(kind="card", card=card)
        return
    for piece in cut(cards.fallback_text(card), capabilities.text_limit):
        yield Part(kind="text", text=piece)

"""Cutting a message into platform messages: what most platforms share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from apps.platforms import cards
from apps.platforms.base import Capabilities, Content, Part
from apps.platforms.cards import Card, ListPicker, QuickReplies


def plan(
    content: Content,
    capabilities: Capabilities,
    device: frozenset[str] | None,
    *,
    fits: Callable[[Card], bool] = lambda card: True,
) -> list[Part]:
    """Text first (cut at the limit), then files, then the card, in the order the customer should read.

    `fits` is for limits of a platform that are no capability; a card that does not fit becomes text.
    """
    parts: list[Part] = []
    text = content.text
    caption = ""
    if len(content.media) == 1 and 0 < len(text) <= capabilities.caption_limit:
        text, caption = "", text
    parts += _text_parts(text, capabilities)
    parts += [Part(kind="media", media=n, text=caption) for n in range(len(content.media))]
    if content.card is not None:
        shown = can_show(content.card, capabilities, device) and fits(content.card)
        parts += _card_parts(content.card, capabilities, shown)
    return parts


def cut(text: str, limit: int) -> Iterator[str]:
    """Pieces of at most `limit` characters, cut after a line (unless that leaves less than half a piece),
    else after a space, else anywhere. Loses nothing."""
    while len(text) > limit:
        line = text.rfind("\n", max(1, limit // 2), limit)
        at = line if line > 0 else text.rfind(" ", 1, limit)
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


def _card_parts(card: Card, capabilities: Capabilities, shown: bool) -> list[Part]:
    if shown:
        return [Part(kind="card", card=card)]
    return _text_parts(cards.fallback_text(card), capabilities)


def _text_parts(text: str, capabilities: Capabilities) -> list[Part]:
    """A piece of nothing but spaces is no message to any platform, and most refuse it."""
    pieces = cut(text, capabilities.text_limit)
    return [Part(kind="text", text=piece) for piece in pieces if piece.strip()]

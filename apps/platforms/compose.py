"""Cutting a message into platform messages: what most platforms share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate

from apps.platforms import cards
from apps.platforms.base import Capabilities, Content, Part, Platform
from apps.platforms.cards import Card, Finding, Limit, Unit


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
    if (
        len(content.media) == 1
        and 0 < cards.length(text, capabilities.text_unit) <= capabilities.caption_limit
    ):
        text, caption = "", text
    shown = content.card is not None and can_show(content.card, capabilities, device) and fits(content.card)
    in_card = files_in(content.card, capabilities) if content.card is not None and shown else frozenset()
    parts += _text_parts(text, capabilities)
    files = [n for n in range(len(content.media)) if n not in in_card]
    parts += [Part(kind="media", media=n, text=caption) for n in files]
    if content.card is not None:
        parts += _card_parts(content.card, capabilities, shown)
    return parts


def files_in(card: Card, capabilities: Capabilities) -> frozenset[int]:
    """The files that the card itself shows; they are not sent once more."""
    limits = capabilities.cards[card.kind]
    return frozenset(cards.images(card)) if limits.images or card.kind == "media_group" else frozenset()


def cut(text: str, limit: int, unit: Unit = Unit.CHARACTERS) -> Iterator[str]:
    """Pieces of at most `limit` units, cut after a line (unless that leaves less than half a piece), else
    after a space, else anywhere between two characters. Loses nothing."""
    while cards.length(text, unit) > limit:
        most = _characters(text, limit, unit)
        line = text.rfind("\n", max(1, most // 2), most)
        at = line if line > 0 else text.rfind(" ", 1, most)
        at = at + 1 if at > 0 else most
        yield text[:at]
        text = text[at:]
    if text:
        yield text


def _characters(text: str, limit: int, unit: Unit) -> int:
    """How many characters from the front fit; at least one, so that cutting always ends."""
    if unit is Unit.CHARACTERS:
        return limit
    ends = accumulate(cards.length(character, unit) for character in text[:limit])
    return max(1, bisect_right(list(ends), limit))


def can_show(card: Card, capabilities: Capabilities, device: frozenset[str] | None) -> bool:
    """Whether platform and device show this card as such. A device that says nothing is believed able."""
    found = cards.lint(card, capabilities.cards.get(card.kind), device=device)
    return not any(finding.blocks for finding in found)


def findings(card: Card, platform: Platform, device: frozenset[str] | None) -> list[Finding]:
    """Everything that keeps `platform` from showing this card, or a picture in it, on such a device: it goes
    as text exactly when one of these `blocks`."""
    found = cards.lint(card, platform.capabilities.cards.get(card.kind), device=device)
    if any(finding.blocks for finding in found) or platform.fits(card):
        return found
    return [*found, Finding(limit_kind=Limit.WHOLE)]


def _card_parts(card: Card, capabilities: Capabilities, shown: bool) -> list[Part]:
    if shown:
        return [Part(kind="card", card=card)]
    return _text_parts(cards.fallback_text(card), capabilities)


def _text_parts(text: str, capabilities: Capabilities) -> list[Part]:
    """A piece of nothing but spaces is no message to any platform, and most refuse it."""
    pieces = cut(text, capabilities.text_limit, capabilities.text_unit)
    return [Part(kind="text", text=piece) for piece in pieces if piece.strip()]

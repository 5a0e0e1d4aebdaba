"""Cutting a message into platform messages: what most platforms share."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from apps.platforms import cards, lint_files
from apps.platforms.base import Capabilities, Content, MediaFile, Part, Platform
from apps.platforms.cards import Card, Finding, Limit, Unit
from apps.platforms.file_limits import File


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
    card = content.card
    shown = card is not None and can_show(card, capabilities, device, files=content.media) and fits(card)
    in_card = files_in(card, capabilities, content.media) if card is not None and shown else frozenset()
    parts += _text_parts(text, capabilities)
    files = [n for n in range(len(content.media)) if n not in in_card]
    parts += [Part(kind="media", media=n, text=caption) for n in files]
    if card is not None:
        parts += _card_parts(card if in_card else cards.without_images(card), capabilities, shown)
    return parts


def files_in(card: Card, capabilities: Capabilities, files: Sequence[File]) -> frozenset[int]:
    """Which of `files` the card itself shows, all of its pictures or none: they are not sent once more."""
    limits = capabilities.cards[card.kind]
    beside = not limits.images and not isinstance(card, cards.MediaGroup)
    if beside or any(lint_files.of_pictures(card, limits, files)):
        return frozenset()
    return frozenset(cards.images(card))


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


def can_show(
    card: Card, capabilities: Capabilities, device: frozenset[str] | None, *, files: Sequence[File] = ()
) -> bool:
    """Whether platform and device show this card as such. A device that says nothing is believed able."""
    return not any(finding.blocks for finding in _found(card, capabilities, device, files))


def findings(
    card: Card, platform: Platform, device: frozenset[str] | None, *, files: Sequence[MediaFile] = ()
) -> list[Finding]:
    """Everything that keeps `platform` from showing this card, or a picture in it, on such a device: it goes
    as text exactly when one of these `blocks`. `files` are the message's, by position."""
    found = _found(card, platform.capabilities, device, files)
    if any(finding.blocks for finding in found):
        return found
    if not platform.fits(card):
        return [*found, Finding(limit_kind=Limit.WHOLE)]
    if found or not files or not cards.images(card) or _stands_in(card, platform, device, files):
        return found
    return [Finding(limit_kind=Limit.IMAGES, blocks=False)]


def _stands_in(
    card: Card, platform: Platform, device: frozenset[str] | None, files: Sequence[MediaFile]
) -> bool:
    """Whether the card goes out with its pictures, by what only the adapter knows."""
    parts = platform.compose(Content(card=card, media=files), device)
    return any(part.card and cards.images(part.card) for part in parts)


def _found(
    card: Card, capabilities: Capabilities, device: frozenset[str] | None, files: Sequence[File]
) -> list[Finding]:
    limits = capabilities.cards.get(card.kind)
    pictures = lint_files.of_pictures(card, limits, files) if limits else ()
    return [*cards.lint(card, limits, device=device), *pictures]


def _card_parts(card: Card, capabilities: Capabilities, shown: bool) -> list[Part]:
    if shown:
        return [Part(kind="card", card=card)]
    return _text_parts(cards.fallback_text(card), capabilities)


def _text_parts(text: str, capabilities: Capabilities) -> list[Part]:
    """A piece of nothing but spaces is no message to any platform, and most refuse it."""
    pieces = cut(text, capabilities.text_limit, capabilities.text_unit)
    return [Part(kind="text", text=piece) for piece in pieces if piece.strip()]

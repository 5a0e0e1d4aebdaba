"""The linter of files: what a platform does not show of them, or not inside a card. Words: limit_words.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from apps.platforms.cards import Card, CardLimits, Finding, Limit, MediaGroup, Option, images
from apps.platforms.cards.model import ListPicker, QuickReplies
from apps.platforms.file_limits import File, FileLimits, Others, Shown, shown_as

SEEN = ("image", "sticker", "audio", "voice", "video")  # of these a customer expects more than a file to open


def of_file(file: File, limits: FileLimits, *, where: str = "") -> Finding | None:
    """Why the platform does not show `file` as what it is. One that `blocks` cannot be sent at all."""
    if not limits.shown or shown_as(file, limits.shown):
        return None
    alike = [each for each in limits.shown if each.about(file)]
    if limits.others is Others.FILE and (file.kind not in SEEN or not alike):
        return None
    refused = limits.others is Others.REFUSED
    rules = alike or (list(limits.shown) if refused else [])
    return _finding(file, rules, where, becomes="" if refused else limits.others, blocks=refused)


def of_pictures(card: Card, limits: CardLimits, files: Sequence[File]) -> Iterator[Finding]:
    """Why pictures of `card` are not shown in it; all of its files go beside it then. `files` are those of
    the message, by position."""
    if not limits.pictures or not (limits.images or isinstance(card, MediaGroup)):
        return
    for where, position in places(card):
        if position < len(files) and not shown_as(files[position], limits.pictures):
            file, blocks = files[position], isinstance(card, MediaGroup)
            yield _finding(file, limits.pictures, where, becomes="beside", blocks=blocks)


def places(card: Card) -> Iterator[tuple[str, int]]:
    """Where the card names a file, as a path into it, and the file's position."""
    if isinstance(card, MediaGroup):
        yield from ((f"images.{n}", position) for n, position in enumerate(card.images))
    elif images(card):
        image = getattr(card, "image", None)
        yield from () if image is None else (("image", image),)
        for where, option in _options(card):
            if option.image is not None:
                yield f"{where}.image", option.image


def _options(card: Card) -> Iterator[tuple[str, Option]]:
    if isinstance(card, QuickReplies):
        yield from ((f"options.{n}", option) for n, option in enumerate(card.options))
    if isinstance(card, ListPicker):
        for s, section in enumerate(card.sections):
            yield from ((f"sections.{s}.options.{n}", option) for n, option in enumerate(section.options))


def _finding(file: File, rules: Sequence[Shown], where: str, *, becomes: str, blocks: bool) -> Finding:
    """Too large where only that is wrong, else its type, with all the types that would do."""
    large = next((each for each in rules if each.typed(file)), None)
    if large:
        limit_kind, now, most = Limit.FILE_SIZE, file.size, large.most
        return Finding(
            limit_kind=limit_kind, where=where, is_now=now, limit=most, becomes=becomes, blocks=blocks
        )
    types = tuple(dict.fromkeys(each for rule in rules for each in rule.types))
    return Finding(limit_kind=Limit.FILE_TYPE, where=where, types=types, becomes=becomes, blocks=blocks)

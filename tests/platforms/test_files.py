"""What each platform shows of a file by the fact sheets, what becomes of the others, what a card shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from apps.platforms import cards, compose, lint_files, registry
from apps.platforms.base import Content, MediaFile
from apps.platforms.cards import Finding, Limit, Link, ListPicker, MediaGroup, Option, QuickReplies, Section
from apps.platforms.file_limits import FileLimits, Others, Shown

MB = 1024 * 1024
TAKES_ALL = ("apple_messages", "custom", "email", "rcs", "slack", "sms", "webchat")


@dataclass(frozen=True)
class File:
    kind: str
    mime: str
    size: int = 1000


JPEG, PNG, WEBP = (File("image", f"image/{each}") for each in ("jpeg", "png", "webp"))
GIF, PDF, ZIP = File("image", "image/gif"), File("file", "application/pdf"), File("file", "application/zip")
MP3, OGG, WAV = File("audio", "audio/mpeg"), File("voice", "audio/ogg"), File("audio", "audio/wav")
MP4, WEBM = File("video", "video/mp4"), File("video", "video/webm")


def large(file: File, size: int) -> File:
    return File(file.kind, file.mime, size)


# platform: (what it shows, what it does not show: the limit, what it becomes)
ROWS: dict[str, tuple[list[File], list[tuple[File, Limit, str]]]] = {
    "telegram": (
        [large(JPEG, 10 * MB), WEBP, GIF, OGG, MP3, MP4, PDF],
        [(large(JPEG, 10 * MB + 1), Limit.FILE_SIZE, "file"), (WEBM, Limit.FILE_TYPE, "file")],
    ),
    "line": (
        [large(JPEG, 10 * MB), PNG, large(MP4, 200 * MB), MP3],
        [
            (large(PNG, 10 * MB + 1), Limit.FILE_SIZE, "link"),
            (WEBP, Limit.FILE_TYPE, "link"),
            (OGG, Limit.FILE_TYPE, "link"),
            (PDF, Limit.FILE_TYPE, "link"),
        ],
    ),
    "viber": (
        [large(JPEG, MB), PNG, large(MP4, 26 * MB), PDF, MP3],
        [
            (large(JPEG, MB + 1), Limit.FILE_SIZE, "file"),
            (GIF, Limit.FILE_TYPE, "file"),
            (large(MP4, 26 * MB + 1), Limit.FILE_SIZE, "file"),
        ],
    ),
    "wechat": (
        [JPEG, GIF, large(MP3, 2 * MB), large(MP4, 10 * MB)],
        [
            (WEBP, Limit.FILE_TYPE, ""),
            (large(MP3, 2 * MB + 1), Limit.FILE_SIZE, ""),
            (PDF, Limit.FILE_TYPE, ""),
        ],
    ),
    "whatsapp": (
        [large(JPEG, 5 * MB), PNG, OGG, large(MP4, 16 * MB), PDF, ZIP],
        [
            (large(PNG, 5 * MB + 1), Limit.FILE_SIZE, "file"),
            (WEBP, Limit.FILE_TYPE, "file"),
            (WAV, Limit.FILE_TYPE, "file"),
            (WEBM, Limit.FILE_TYPE, "file"),
        ],
    ),
    "messenger": (
        [large(JPEG, 8 * MB), GIF, OGG, WEBM, PDF],
        [(large(JPEG, 8 * MB + 1), Limit.FILE_SIZE, "file"), (WEBP, Limit.FILE_TYPE, "file")],
    ),
    "instagram": (
        [large(JPEG, 8 * MB), GIF, WAV, WEBM, PDF],
        [
            (large(JPEG, 8 * MB + 1), Limit.FILE_SIZE, ""),
            (WEBP, Limit.FILE_TYPE, ""),
            (OGG, Limit.FILE_TYPE, ""),
            (ZIP, Limit.FILE_TYPE, ""),
        ],
    ),
    "qq": ([PNG, MP4], [(GIF, Limit.FILE_TYPE, ""), (MP3, Limit.FILE_TYPE, ""), (PDF, Limit.FILE_TYPE, "")]),
    "x_dm": (
        [large(JPEG, 5 * MB), WEBP, large(GIF, 15 * MB), MP4],
        [(large(JPEG, 5 * MB + 1), Limit.FILE_SIZE, "link"), (PDF, Limit.FILE_TYPE, "link")],
    ),
    "teams": ([PNG, JPEG, GIF], [(WEBP, Limit.FILE_TYPE, "link"), (PDF, Limit.FILE_TYPE, "link")]),
}


def found(slug: str, file: File) -> Finding | None:
    return lint_files.of_file(file, registry.get(slug).capabilities.files)


def test_every_platform_has_its_row() -> None:
    assert {*ROWS, *TAKES_ALL} == set(registry.SLUGS)


@pytest.mark.parametrize("slug", ROWS)
def test_what_is_shown(slug: str) -> None:
    assert [found(slug, file) for file in ROWS[slug][0]] == [None] * len(ROWS[slug][0])


@pytest.mark.parametrize("slug", ROWS)
def test_what_is_not_shown_is_named_with_what_becomes_of_it(slug: str) -> None:
    for file, limit, becomes in ROWS[slug][1]:
        finding = found(slug, file)
        assert finding is not None, file
        assert (finding.limit_kind, finding.becomes, finding.blocks) == (limit, becomes, becomes == "")
        if limit is Limit.FILE_SIZE:
            assert (finding.is_now, finding.limit) == (file.size, file.size - 1)


@pytest.mark.parametrize("slug", TAKES_ALL)
def test_a_platform_that_takes_every_file(slug: str) -> None:
    assert [found(slug, file) for file in (WEBP, OGG, WEBM, ZIP)] == [None] * 4


def test_the_types_that_would_do_are_those_of_its_kind() -> None:
    rules = (Shown(kinds=("image",), types=("image/png",)), Shown(kinds=("audio",), types=("audio/mpeg",)))
    for others, file, types in (
        (Others.FILE, WEBP, ("image/png",)),
        (Others.LINK, PDF, ()),
        (Others.REFUSED, PDF, ("image/png", "audio/mpeg")),
        (Others.REFUSED, WAV, ("audio/mpeg",)),
    ):
        finding = lint_files.of_file(file, FileLimits(shown=rules, others=others), where="attachments.2")
        assert finding is not None and (finding.types, finding.where) == (types, "attachments.2")


# Pictures in cards ------------------------------------------------------------------------------------

LINK = Link(id="l", text="Suivi", button="Ouvrir", url="https://shop.example/a", image=0)
OPTIONS = (Option(id="1", title="Un", image=0), Option(id="2", title="Deux", image=1))
LIST = ListPicker(id="c", title="Box", sections=(Section(title="", options=OPTIONS),))


def media(file: File) -> MediaFile:
    address = "https://m.example/a"
    return MediaFile(
        name="a", mime=file.mime, kind=file.kind, size=file.size, path=Path("/nowhere"), url=address
    )


@pytest.mark.parametrize(
    ("slug", "file"),
    [
        ("apple_messages", File("file", "image/heic")),
        ("telegram", GIF),
        ("telegram", large(JPEG, 10 * MB + 1)),
        ("line", WEBP),
        ("line", large(JPEG, 10 * MB + 1)),
        ("viber", WEBP),
        ("whatsapp", WEBP),
        ("whatsapp", large(JPEG, 5 * MB + 1)),
        ("messenger", WEBP),
        ("instagram", large(PNG, 8 * MB + 1)),
    ],
)
def test_a_picture_that_a_card_cannot_show_goes_beside_it(slug: str, file: File) -> None:
    """It is never lost."""
    platform = registry.get(slug)
    (finding,) = compose.findings(LINK, platform, None, files=[file])
    assert (finding.where, finding.becomes, finding.blocks) == ("image", "beside", False)
    parts = platform.compose(Content(card=LINK, media=[media(file)]), None)
    assert [(part.kind, part.media) for part in parts] == [("media", 0), ("card", None)]
    assert parts[-1].card == cards.without_images(LINK)


@pytest.mark.parametrize("slug", ["apple_messages", "telegram", "line", "viber", "whatsapp", "messenger"])
def test_a_picture_that_it_can_show_stands_in_it(slug: str) -> None:
    platform = registry.get(slug)
    assert compose.findings(LINK, platform, None, files=[JPEG]) == []
    (part,) = platform.compose(Content(card=LINK, media=[media(JPEG)]), None)
    assert part.card == LINK


def test_of_several_pictures_all_or_none_stand_in_a_card() -> None:
    platform = registry.get("apple_messages")
    found = compose.findings(LIST, platform, None, files=[PNG, ZIP])
    assert [(each.where, each.blocks) for each in found] == [("sections.0.options.1.image", False)]
    parts = platform.compose(Content(card=LIST, media=[media(PNG), media(ZIP)]), None)
    assert [part.media for part in parts] == [0, 1, None]
    assert parts[-1].card == cards.without_images(LIST)


def test_an_album_with_something_else_in_it_is_no_album() -> None:
    album, platform = MediaGroup(id="g", images=(0, 1), text="Vue"), registry.get("telegram")
    (finding,) = compose.findings(album, platform, None, files=[JPEG, GIF])
    assert (finding.where, finding.blocks) == ("images.1", True)
    parts = platform.compose(Content(card=album, media=[media(JPEG), media(GIF)]), None)
    assert [(part.kind, part.media) for part in parts] == [("media", 0), ("media", 1), ("text", None)]


def test_without_its_pictures_a_card_says_the_same() -> None:
    replies = QuickReplies(id="q", prompt="?", options=OPTIONS)
    for card in (LINK, LIST, replies):
        plain = cards.without_images(card)
        assert (cards.images(plain), cards.fallback_text(plain)) == ((), cards.fallback_text(card))
    group = MediaGroup(id="g", images=(0, 1))
    assert cards.without_images(group) == group

"""Cutting a message into what a platform sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.platforms import compose
from apps.platforms.base import Capabilities, Content, MediaFile, Part
from apps.platforms.cards import Card, CardLimits, ListPicker, Option, QuickReplies, Section

CUTS = [
    ("", 5, []),
    ("abcde", 5, ["abcde"]),
    ("abcdef", 5, ["abcde", "f"]),
    ("ab cdef", 5, ["ab ", "cdef"]),
    ("ab\ncd ef", 7, ["ab\ncd ", "ef"]),
    ("a b\nc d", 5, ["a b\n", "c d"]),
    (" abcdef", 5, [" abcd", "ef"]),
]


@pytest.mark.parametrize(("text", "limit", "pieces"), CUTS)
def test_cut(text: str, limit: int, pieces: list[str]) -> None:
    assert list(compose.cut(text, limit)) == pieces


@given(text=st.text("ab \n", max_size=200), limit=st.integers(1, 20))
def test_a_cut_loses_nothing(text: str, limit: int) -> None:
    pieces = list(compose.cut(text, limit))
    assert "".join(pieces) == text
    assert [piece for piece in pieces if not 0 < len(piece) <= limit] == []


def file(name: str = "a.jpg") -> MediaFile:
    return MediaFile(name=name, mime="image/jpeg", kind="image", size=1, path=Path(name))


def text(words: str) -> Part:
    return Part(kind="text", text=words)


REPLIES = QuickReplies(id="c", prompt="?", options=(Option(id="a", title="A"), Option(id="b", title="B")))
PICKER = ListPicker(id="c", title="?", sections=(Section(title="", options=(Option(id="a", title="A"),)),))
BOTH = {
    "quick_replies": CardLimits(fewest=2, most=5),
    "list_picker": CardLimits(multiple=True, sections=0),
}
PLAIN = Capabilities(text_limit=10, media_limit=1)
RICH = Capabilities(text_limit=10, media_limit=1, caption_limit=5, cards=BOTH)
APPLE = Capabilities(
    text_limit=10,
    media_limit=1,
    cards={**BOTH, "list_picker": CardLimits(multiple=True, sections=0, device="LIST")},
)

# content, capabilities, device, parts
PLANS: dict[str, tuple[Content, Capabilities, frozenset[str] | None, list[Part]]] = {
    "nothing": (Content(), PLAIN, None, []),
    "spaces": (Content(text=" \n "), PLAIN, None, []),
    "text": (Content(text="Hello"), PLAIN, None, [text("Hello")]),
    "long text": (Content(text="Hello over there"), PLAIN, None, [text("Hello "), text("over there")]),
    "a piece of spaces": (Content(text="0123456789 "), PLAIN, None, [text("0123456789")]),
    "text and file": (
        Content(text="Hi", media=[file()]),
        PLAIN,
        None,
        [text("Hi"), Part(kind="media", media=0)],
    ),
    "caption": (Content(text="Hi", media=[file()]), RICH, None, [Part(kind="media", media=0, text="Hi")]),
    "too long for a caption": (
        Content(text="Hello!", media=[file()]),
        RICH,
        None,
        [text("Hello!"), Part(kind="media", media=0)],
    ),
    "two files": (
        Content(text="Hi", media=[file(), file("b.jpg")]),
        RICH,
        None,
        [text("Hi"), Part(kind="media", media=0), Part(kind="media", media=1)],
    ),
    "card": (Content(text="Hi", card=REPLIES), RICH, None, [text("Hi"), Part(kind="card", card=REPLIES)]),
    "card as text": (Content(card=REPLIES), PLAIN, None, [text("?\n1. A\n"), text("2. B")]),
    "too few options": (
        Content(card=QuickReplies(id="c", prompt="?", options=(Option(id="a", title="A"),))),
        RICH,
        None,
        [text("?\n1. A")],
    ),
    "device that can": (
        Content(card=PICKER),
        APPLE,
        frozenset({"LIST", "QUICK"}),
        [Part(kind="card", card=PICKER)],
    ),
    "device that cannot": (Content(card=PICKER), APPLE, frozenset({"QUICK"}), [text("?\n1. A")]),
    "device that says it can nothing": (Content(card=PICKER), APPLE, frozenset(), [text("?\n1. A")]),
    "device that says nothing": (Content(card=PICKER), APPLE, None, [Part(kind="card", card=PICKER)]),
    "card without need": (
        Content(card=REPLIES),
        APPLE,
        frozenset({"OTHER"}),
        [Part(kind="card", card=REPLIES)],
    ),
}


@pytest.mark.parametrize(("content", "capabilities", "device", "parts"), PLANS.values(), ids=PLANS.keys())
def test_plan(
    content: Content, capabilities: Capabilities, device: frozenset[str] | None, parts: list[Part]
) -> None:
    assert compose.plan(content, capabilities, device) == parts


def test_a_card_over_a_limit_of_the_platform_is_text() -> None:
    def small(card: Card) -> bool:
        return card is not REPLIES

    parts = compose.plan(Content(card=REPLIES), RICH, None, fits=small)
    assert [part.kind for part in parts] == ["text", "text"]
    assert compose.plan(Content(card=PICKER), RICH, None, fits=small) == [Part(kind="card", card=PICKER)]

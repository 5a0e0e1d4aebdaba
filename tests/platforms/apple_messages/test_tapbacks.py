"""Which texts are tapbacks, and which only look like one."""

from __future__ import annotations

import pytest

from apps.platforms.apple_messages.tapbacks import Tapback, read


@pytest.mark.parametrize(
    ("text", "tapback"),
    [
        ("Liked “See you”", Tapback("👍", "See you")),
        ('Loved "See you"', Tapback("❤️", "See you")),
        ("Disliked “No”", Tapback("👎", "No")),
        ("Laughed at “Two\nlines”", Tapback("😂", "Two\nlines")),
        ("Emphasized “Now”", Tapback("‼️", "Now")),
        ("Questioned “When?”", Tapback("❓", "When?")),
        ("Liked “He said “no””", Tapback("👍", "He said “no”")),
        ("Reacted 🔥 to “Hot”", Tapback("🔥", "Hot")),
        ("Reacted 👩🏽‍🚀 to “Up”", Tapback("👩🏽‍🚀", "Up")),
        ("Liked an image", Tapback("👍", "an image")),
        ("Liked 1 Business Message", Tapback("👍", "1 Business Message")),
        ("Removed a heart from “See you”", Tapback("", "See you")),
        ("Removed 🔥 from “Hot”", Tapback("", "Hot")),
        ("A aimé « À demain »", Tapback("👍", "À demain")),
        ("A aimé «\u00a0À demain\u00a0»", Tapback("👍", "À demain")),
        ("A adoré «\u202fÀ demain\u202f»", Tapback("❤️", "À demain")),
        ("N’a pas aimé « Non »", Tapback("👎", "Non")),
        ("N'a pas aimé « Non »", Tapback("👎", "Non")),
        ("A ri de « Drôle, n’est-ce pas »", Tapback("😂", "Drôle, n’est-ce pas")),
        ("A mis en évidence « 18 h »", Tapback("‼️", "18 h")),
        ("A posé une question sur « Tu viens\u202f? »", Tapback("❓", "Tu viens\u202f?")),
        ("A réagi avec 😂 à « Salut »", Tapback("😂", "Salut")),
        ("A retiré un J’aime de « À demain »", Tapback("", "À demain")),
        ("A aimé une image", Tapback("👍", "une image")),
    ],
)
def test_tapbacks(text, tapback):
    assert read(text) == tapback


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Liked",
        "Liked ",
        "Liked it a lot",
        "Liked “it” a lot",
        "Liked “”",
        "Liked “open",
        "I Liked “it”",
        "liked “it”",
        "Liked «it”",
        "A aimé le film",
        "J’ai adoré « le film »",
        "Reacted badly to “it”",
        "Reacted 1 to “it”",
        "Reacted  to “it”",
        "Reacted with a sticker to “it”",
        "Removed the sofa from “the list”",
        "Bonjour « toi »",
        "👍",
    ],
)
def test_messages_that_are_none(text):
    assert read(text) is None

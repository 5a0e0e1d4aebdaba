"""How many SMS a text is."""

from __future__ import annotations

import pytest

from apps.platforms.sms.segments import Encoding, segments

GSM, UCS = Encoding.GSM7, Encoding.UCS2
TEXTS = {
    "nothing": ("", (GSM, 0, 0)),
    "one": ("a" * 160, (GSM, 160, 1)),
    "two": ("a" * 161, (GSM, 161, 2)),
    "two full": ("a" * 306, (GSM, 306, 2)),
    "three": ("a" * 307, (GSM, 307, 3)),
    "accents of the alphabet": ("é à ù Ñ Δ\n", (GSM, 10, 1)),
    "the euro has two places": ("€" * 80, (GSM, 160, 1)),
    "an escape is not cut from its sign": ("a" * 152 + "€" + "a" * 153, (GSM, 307, 3)),
    "an accent that is not in it": ("ê" * 70, (UCS, 70, 1)),
    "more of them": ("ê" * 71, (UCS, 71, 2)),
    "an emoji has two units": ("😀" * 35, (UCS, 70, 1)),
    "an emoji is not cut in half": ("ê" * 66 + "😀" + "ê" * 66, (UCS, 134, 3)),
    "one emoji makes all of it wide": ("a" * 69 + "😀", (UCS, 71, 2)),
    "the longest": ("a" * 1600, (GSM, 1600, 11)),
}


@pytest.mark.parametrize(("text", "expected"), TEXTS.values(), ids=TEXTS.keys())
def test_segments(text: str, expected: tuple[Encoding, int, int]) -> None:
    assert segments(text) == expected

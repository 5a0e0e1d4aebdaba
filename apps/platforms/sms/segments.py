"""How many SMS a text is: what a carrier sends and bills. Pure (3GPP TS 23.038).

A text of nothing but the GSM 7-bit alphabet has 160 septets in one SMS, 153 in each of several; any other
character makes it UCS-2 with 70 and 67 units of 16 bits. What needs two places is not cut in half.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("\f^{}\\[~]|€")  # an escape and a septet
ALPHABET = BASIC | EXTENDED


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


ONE = {Encoding.GSM7: 160, Encoding.UCS2: 70}
EACH_OF_MANY = {Encoding.GSM7: 153, Encoding.UCS2: 67}


class Segments(NamedTuple):
    """`units` are septets or 16-bit units in all, `messages` is how many SMS; an empty text is none."""

    encoding: Encoding
    units: int
    messages: int


def segments(text: str) -> Segments:
    """How `text` goes out."""
    encoding = Encoding.GSM7 if set(text) <= ALPHABET else Encoding.UCS2
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    if units <= ONE[encoding]:
        return Segments(encoding, units, 1 if text else 0)
    return Segments(encoding, units, _filled(widths, EACH_OF_MANY[encoding]))


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _filled(widths: Iterable[int], room: int) -> int:
    count, used = 1, 0
    for width in widths:
        if used + width > room:
            count, used = count + 1, 0
        used += width
    return count

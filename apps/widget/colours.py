"""A business's colour on its customers' panel, and the ink that can be read on it (WCAG 2.2, 1.4.3)."""

from __future__ import annotations

import re

FALLBACK = "#17523f"
WHITE, BLACK = "#ffffff", "#111111"
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def safe_colour(text: str) -> str:
    """`text` when it is #rrggbb, else our green: it goes into a stylesheet."""
    return text.lower() if _HEX.fullmatch(text) else FALLBACK


def ink_on(colour: str) -> str:
    """White or black, whichever has more contrast on `colour`; one of them always has 4.5."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    linear: float = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return linear

"""How large a file is, in words; a page's own script says the same (tests/browser/test_widget_sizes.py)."""

from __future__ import annotations

import pytest
from django.utils import translation

from apps.core import sizes

KB, MB = 1024, 1024 * 1024

# Bytes, in English, in French. One over a limit is never said to be at it.
ROWS = [
    (0, "0 B", "0 o"),
    (1023, "1023 B", "1023 o"),
    (KB, "1 KB", "1 Ko"),
    (KB + 1, "1.1 KB", "1,1 Ko"),
    (200 * KB, "200 KB", "200 Ko"),
    (200 * KB + 1, "201 KB", "201 Ko"),
    (MB - 1, "1 MB", "1 Mo"),
    (5 * MB, "5 MB", "5 Mo"),
    (5 * MB + 1, "5.1 MB", "5,1 Mo"),
    (100 * MB, "100 MB", "100 Mo"),
    (3000 * MB, "3 GB", "3 Go"),
    (5000 * KB * MB, "5000 GB", "5000 Go"),
]


@pytest.mark.parametrize(("count", "english", "french"), ROWS)
def test_sizes_in_words(count: int, english: str, french: str) -> None:
    with translation.override("en"):
        assert sizes.in_words(count) == english.replace(" ", "\u00a0")
    with translation.override("fr"):
        assert sizes.in_words(count) == french.replace(" ", "\u202f")

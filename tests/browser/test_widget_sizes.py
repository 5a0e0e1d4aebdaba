"""Sizes of files in the panel, which its script writes itself."""

from __future__ import annotations

import pytest
from django.utils import translation

from apps.core import sizes
from tests.browser.people import People
from tests.worlds import Side

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["en", "fr"])
def test_sizes_of_files_are_said_as_the_server_says_them(side: Side, people: People, language: str) -> None:
    page = people.comes("visitor").opens(f"/widget/frame/{side.entry_point.key}/?lang={language}")
    counts = [0, 1023, 1025, 200 * 1024, 1024**2 - 1, 5 * 1024**2 + 1, 3000 * 1024**2, 5000 * 1024**3]
    with translation.override(language):
        assert page.evaluate(SIZES, counts) == [sizes.in_words(count) for count in counts]


# By the address under which the page itself has loaded its words.
SIZES = """async (counts) => {
  const loaded = performance.getEntriesByType("resource").map((each) => each.name);
  const { size } = await import(loaded.find((name) => /widget\\/words\\b/.test(name)));
  return counts.map(size);
}"""

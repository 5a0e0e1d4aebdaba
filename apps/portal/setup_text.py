"""A platform's own set-up text, beside its adapter in setup.md and setup.<language>.md."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from markdown_it import MarkdownIt

from apps.platforms import registry

PLATFORMS = Path(registry.__file__).parent


def setup_text(platform: str) -> SafeString:
    """The text as HTML, in the reader's language, else in English; "" when the platform has none."""
    return _rendered(registry.get(platform).slug, (get_language() or "en").split("-")[0])


@cache
def _rendered(slug: str, language: str) -> SafeString:
    folder = PLATFORMS / slug
    found = next(
        (path for path in (folder / f"setup.{language}.md", folder / "setup.md") if path.exists()), None
    )
    if found is None:
        return SafeString("")
    # No HTML of its own and no pictures: the page's policy would refuse those from other hosts.
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    html: str = markdown.render(_body(found.read_text("utf-8")))
    return SafeString(html)


def _body(text: str) -> str:
    """Without the title, which the page has already."""
    first, _, rest = text.partition("\n")
    return rest if first.startswith("# ") else text

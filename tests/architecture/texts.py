"""Where the interface's words are: in Python, in templates, in the catalogue, and outside of any of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
FRENCH = ROOT / "locale/fr/LC_MESSAGES/django.po"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt"))
MODULES = sorted([*(ROOT / "apps").rglob("*.py"), *(ROOT / "config").rglob("*.py")])

Key = tuple[str | None, str]  # context, words

_ONE, _MANY, _IN_CONTEXT, _MANY_IN_CONTEXT = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
_CALLS = {
    "_": _ONE,
    "gettext": _ONE,
    "gettext_lazy": _ONE,
    "gettext_noop": _ONE,
    "ngettext": _MANY,
    "ngettext_lazy": _MANY,
    "pgettext": _IN_CONTEXT,
    "pgettext_lazy": _IN_CONTEXT,
    "npgettext": _MANY_IN_CONTEXT,
    "npgettext_lazy": _MANY_IN_CONTEXT,
}

# Attributes that people read or hear.
_SPOKEN = {"alt", "title", "placeholder", "label", "aria-label", "aria-description", "aria-valuetext"}
_COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}", re.DOTALL)
_TRANSLATED = re.compile(r"{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%}", re.DOTALL)
_CODE = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2}")


def french() -> Catalog:
    with FRENCH.open("rb") as lines:
        return read_po(lines, locale="fr", domain="django")


def in_the_code() -> Iterator[tuple[Key, str]]:
    """Every text that asks for a translation, with the file that it stands in."""
    for path in MODULES:
        yield from _of(path.read_text(), path)
    for path in TEMPLATES:
        # What stands around the texts comes out as X and B, indented as it was: no Python.
        python = "\n".join(line.lstrip() for line in templatize(path.read_text()).splitlines())
        yield from _of(python, path)


def _of(python: str, path: Path) -> Iterator[tuple[Key, str]]:
    for _line, words, _comments, context in extract("python", BytesIO(python.encode()), keywords=_CALLS):
        singular = words if isinstance(words, str) else words[0]
        yield (context, singular), str(path.relative_to(ROOT))


def bare_words(template: str) -> list[str]:
    """What a reader would see or hear of `template` that asks for no translation."""
    for pattern in (_COMMENT, _TRANSLATED, _CODE):
        template = pattern.sub(" ", template)
    reader = _Reader()
    reader.feed(template)
    return reader.found


def visible(html: str) -> str:
    """A page's words in one line, attributes that people read or hear included."""
    reader = _Reader()
    reader.feed(html)
    return " · ".join(reader.found)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "code", "pre", "textarea")
        for name, value in attributes:
            if value and (name in _SPOKEN or name.startswith("data-words")) and _WORD.search(value):
                self.found.append(" ".join(value.split()))

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "code", "pre", "textarea")

    def handle_data(self, data: str) -> None:
        if not self.silent and _WORD.search(data):
            self.found.append(" ".join(data.split()))

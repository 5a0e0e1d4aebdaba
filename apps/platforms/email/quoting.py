"""Telling what somebody wrote from what their mail program put below it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

# Lines with which programs introduce the mail that is answered; the mail begins there.
_WROTE = "wrote|schrieb|escribió|ha scritto|schreef|escreveu|a écrit"
_ORIGINAL = "Original Message|Message d.origine|Ursprüngliche Nachricht|Forwarded message"
_HEADS = (
    re.compile(rf"^(On|Am|El|Il|Op|Em|Le)\b.{{4,200}}({_WROTE})\s*:\s*$"),
    re.compile(rf"^-{{2,}}\s*({_ORIGINAL})\s*-{{2,}}$"),
    re.compile(r"^_{20,}$"),
)
_QUOTED = re.compile(r"^\s*>")
_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "table", "ul", "ol"})
_UNSEEN = frozenset({"script", "style", "head", "title"})


class Folded(NamedTuple):
    """What was written, and what was quoted under it ("" for nothing)."""

    text: str
    quoted: str


def fold(text: str) -> Folded:
    """Cut a plain text where the quoted mail begins. Answers between quoted lines stay with them: then
    nothing is cut, because what was written would go."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at = next((n for n in range(len(lines)) if _begins(lines, n)), len(lines))
    below = [line for line in lines[at:] if line.strip()]
    written = [line for line in below[_heading(lines, at) :] if not _QUOTED.match(line)]
    marked = any(_QUOTED.match(line) for line in below)
    if marked and written:
        at = len(lines)
    head = "\n".join(lines[:at]).strip()
    return Folded(head, "\n".join(lines[at:]).strip()) if head else Folded(text.strip(), "")


def _begins(lines: list[str], n: int) -> bool:
    return bool(_heading(lines, n)) or _QUOTED.match(lines[n]) is not None


def _heading(lines: list[str], n: int) -> int:
    """How many lines from here introduce a quoted mail: programs wrap the line at 76 letters."""
    for count in (1, 2):
        joined = " ".join(line.strip() for line in lines[n : n + count])
        if any(head.match(joined) for head in _HEADS):
            return count
    return 0


def text_of(html: str) -> str:
    """The words of an HTML mail; quoted ones get "> " in front, as in plain text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = [""]
        self._depth = 0  # of quotes
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._break()
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "blockquote":
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag in _BLOCKS:
            self._break()
        if tag == "blockquote":
            self._depth = max(0, self._depth - 1)

    def handle_data(self, data: str) -> None:
        words = re.sub(r"\s+", " ", data)
        if self._unseen or (not words.strip() and not self._lines[-1]):
            return
        mark = "> " if self._depth and not self._lines[-1] else ""
        self._lines[-1] += mark + (words if self._lines[-1] else words.lstrip())

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._lines).strip()

    def _break(self) -> None:
        if self._lines[-1]:
            self._lines.append("")

"""How a routing tag travels: at the end of the prefilled words, because wa.me links have no place for one.

    https://wa.me/4930123456?text=Hello%20%5B%23adsl%5D      the customer sends "Hello [#adsl]"
    "[#adsl/box]" carries a group as well

The customer sees it and may delete it; then the conversation begins without a tag.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote

GREETING = "👋"  # what a link says that has no words of its own: somebody has to send something

_TAG = re.compile(r"\s*\[#([A-Za-z0-9_-]{1,64})(?:/([A-Za-z0-9_-]{1,64}))?\]\s*\Z")


class Said(NamedTuple):
    text: str
    tag: str
    group: str


def link(number: str, tag: str, *, group: str = "", text: str = "") -> str:
    """The wa.me link; without tag and text just the conversation."""
    digits = "".join(character for character in number if character in "0123456789")
    words = " ".join(part for part in (text or (GREETING if tag else ""), _short(tag, group)) if part)
    return f"https://wa.me/{digits}" + (f"?text={quote(words, safe='')}" if words else "")


def read(text: str) -> Said:
    """The words without the tag at their end; words that are nothing but a tag stay as they are."""
    found = _TAG.search(text)
    if found is None:
        return Said(text, "", "")
    return Said(text[: found.start()] or text, found[1], found[2] or "")


def _short(tag: str, group: str) -> str:
    if not tag:
        return ""
    return f"[#{tag}/{group}]" if group else f"[#{tag}]"

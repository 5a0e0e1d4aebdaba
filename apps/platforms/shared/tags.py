"""How a routing tag travels where links have no place for one: at the end of the prefilled words.

    https://wa.me/4930123456?text=Hello%20%5B%23adsl%5D      the customer sends "Hello [#adsl]"
    "[#adsl/box]" carries a group as well

The customer sees it and may delete it; then the conversation begins without a tag.
"""

from __future__ import annotations

import re
from typing import NamedTuple

GREETING = "👋"  # what a link says that has no words of its own: somebody has to send something

_TAG = re.compile(r"\s*\[#([A-Za-z0-9_-]{1,64})(?:/([A-Za-z0-9_-]{1,64}))?\]\s*\Z")


class Said(NamedTuple):
    text: str
    tag: str
    group: str


def prefilled(tag: str, *, group: str = "", text: str = "") -> str:
    """The words that a link prefills; "" without tag and text."""
    return " ".join(part for part in (text or (GREETING if tag else ""), _short(tag, group)) if part)


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

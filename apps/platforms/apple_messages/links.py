"""Links: rich links for every address in a text, and the link behind a Message button."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from apps.platforms.apple_messages import wire
from apps.platforms.base import Rejected

ENTRY = "https://bcrw.apple.com/urn:biz:"
LONGEST_TITLE = 200
# Sentence marks that end a text rather than an address.
TRAILING = ".,;:!?…»”’\"'"
CLOSING = {")": "(", "]": "[", "}": "{"}


def find(text: str) -> list[str]:
    """The http and https addresses in a text, each once, in order."""
    found = (_trimmed(match) for match in re.findall(r"\bhttps?://[^\s<>«“]+", text, re.IGNORECASE))
    return list(dict.fromkeys(url for url in found if _host(url)))


def rich_link(url: str) -> dict[str, str]:
    """`richLinkData` for an address, titled with its host: the page is not fetched. Raises Rejected."""
    host = _host(url)
    if not host:
        raise Rejected("a link must be a whole http or https address", code="link")
    return {"url": url, "title": host.removeprefix("www.")[:LONGEST_TITLE]}


def entry(address: str, tag: str, *, group: str, text: str) -> str:
    """The link that opens Messages with us; intent, group and text come back with the first message."""
    values = {"biz-intent-id": tag, "biz-group-id": group, "body": text}
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items() if value)
    link = ENTRY + quote(wire.business_id(address), safe="")
    return f"{link}?{query}" if query else link


def _trimmed(url: str) -> str:
    while url and (url[-1] in TRAILING or _is_unopened(url)):
        url = url[:-1]
    return url


def _is_unopened(url: str) -> bool:
    opening = CLOSING.get(url[-1])
    return opening is not None and url.count(url[-1]) > url.count(opening)


def _host(url: str) -> str:
    try:
        parts: Any = urlsplit(url)
        return parts.hostname or "" if parts.scheme.lower() in ("http", "https") else ""
    except ValueError:
        return ""

"""Message text as safe HTML: escaped, with links that show where they lead.

Only http, https, mailto and tel become links. Time is linear in the text's length: one scan with a pattern
that cannot backtrack, one pass over each link's end.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

MAX_LINK = 2000  # characters; longer ones stay text

_START = re.compile(r"""(?<![\w.+-])(?:https?://|mailto:|tel:)[^\s<>"\\^`{|}]+""", re.IGNORECASE)
_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_MARKS = {**_OVERRIDES, **dict.fromkeys([0x200E, 0x200F, 0x061C])}
_CLOSERS = {")": "(", "]": "["}
_ENDINGS = ".,;:!?'…»”’"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9().\-]{3,30}")
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?_-]{1,64}@[A-Za-z0-9.-]{1,253}")


def linkify(text: str) -> SafeString:
    """`text` escaped, without direction overrides, its links clickable (rel and target set)."""
    clean = text.translate(_OVERRIDES)
    parts: list[str] = []
    done = 0
    for match in _START.finditer(clean):
        found = _without_ending(match.group())
        parts += [escape(clean[done : match.start()]), _link(found)]
        done = match.start() + len(found)
    return mark_safe("".join([*parts, escape(clean[done:])]))


def _without_ending(link: str) -> str:
    """Leave out the sentence's punctuation, and closing brackets that the link never opened."""
    spare = {closer: link.count(closer) - link.count(opener) for closer, opener in _CLOSERS.items()}
    end = len(link)
    while end:
        last = link[end - 1]
        if spare.get(last, 0) > 0:
            spare[last] -= 1
        elif last not in _ENDINGS:
            break
        end -= 1
    return link[:end]


def _link(found: str) -> str:
    shown = _shown(found.translate(_MARKS)) if len(found) <= MAX_LINK else ""
    if not shown:
        return escape(found)
    markup = '<a href="{}" rel="noopener nofollow ugc" target="_blank">{}</a>'
    return format_html(markup, shown, shown)


def _shown(link: str) -> str:
    """The link as it is followed and shown, its host in ASCII; "" when it must stay text."""
    scheme, _, rest = link.partition(":")
    match scheme.lower():
        case "tel":
            return link if _PHONE.fullmatch(rest) else ""
        case "mailto":
            return link if _MAILBOX.fullmatch(rest) else ""
        case _:
            return _web(link)


def _web(link: str) -> str:
    try:
        parts = urlsplit(link)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    ascii_host = _ascii(host)
    if "@" in parts.netloc or not ascii_host:  # a name before "@" poses as the host
        return ""
    netloc = f"{ascii_host}:{port}" if port else ascii_host
    return parts._replace(netloc=netloc).geturl()


def _ascii(host: str) -> str:
    try:
        plain = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return ""
    labels = plain.rstrip(".").split(".")
    return plain if all(_LABEL.fullmatch(label) for label in labels) else ""

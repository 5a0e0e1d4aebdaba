"""Slack's text to plain text and back (https://docs.slack.dev/messaging/formatting-message-text)."""

from __future__ import annotations

import re

_MARK = re.compile(r"<([^<>\n]*)>")
_LONGER = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def plain(text: str) -> str:
    """What people read: names and links spelled out, escapes undone. Bold and lists stay as they were
    typed."""
    return _unescaped(_MARK.sub(_said, text)).strip()


def escaped(text: str) -> str:
    """`text` so that Slack shows it as it is: nobody is called and nothing becomes a link that was none."""
    return re.sub("[&<>]", lambda found: _LONGER[found[0]], text)


def without_mention(text: str, user: str) -> str:
    """`text` without the "<@BOT>" with which people in channels begin."""
    return re.sub(rf"^\s*<@{re.escape(user)}(\|[^<>]*)?>[\s:,]*", "", text) if user else text


def _said(found: re.Match[str]) -> str:
    target, _, label = found[1].partition("|")
    if target.startswith(("@", "#")):
        return f"{target[0]}{label or target[1:]}"
    if target.startswith("!"):
        name = target[1:].partition("^")[0]
        return label or f"@{name}"
    address = target.removeprefix("mailto:").removeprefix("tel:")
    return f"{label} ({address})" if label and label not in (target, address, _bare(address)) else address


def _bare(address: str) -> str:
    """What Slack shows of a link that was typed without https://."""
    return re.sub(r"^https?://", "", address)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

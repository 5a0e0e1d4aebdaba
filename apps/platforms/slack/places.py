"""Where a conversation is: "D…" for direct messages, "C…:ts" for one thread of a channel.

A message is known by its channel and `ts`, which looks like a number and must never become one.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from apps.platforms.slack.api import bad_address

_CHANNEL = r"[CDG][A-Z0-9]{2,30}"
_TS = r"\d{1,12}\.\d{1,9}"


class Place(NamedTuple):
    """`thread` is "" in direct messages."""

    channel: str
    thread: str


def of_address(address: str) -> Place:
    """Raises Rejected for what is no address of ours: a person's id would open another conversation."""
    match = re.fullmatch(rf"({_CHANNEL})(?::({_TS}))?", address, re.ASCII)
    if match is None or (match[1][0] != "D") != bool(match[2]):
        raise bad_address()
    return Place(match[1], match[2] or "")


def address(channel: str, kind: str, thread: str) -> str:
    """The customer's address; `kind` is Slack's channel_type."""
    return channel if is_direct(channel, kind) else f"{channel}:{thread}"


def is_direct(channel: str, kind: str = "") -> bool:
    return kind == "im" or channel.startswith("D")


def ref(channel: str, ts: str) -> str:
    return f"{channel}:{ts}"


def ts(given: object) -> str:
    """Raises TypeError for a ts that became a number on its way: its digits are lost."""
    if not isinstance(given, str):
        raise TypeError("a ts is text")
    return given


def ts_of(ref: str, channel: str) -> str:
    """The ts in a ref of this channel, "" for another's or a file's."""
    where, _, ts = ref.partition(":")
    return ts if where == channel and re.fullmatch(_TS, ts, re.ASCII) else ""


def time_of(ts: str) -> datetime:
    """Raises ValueError for what is no ts."""
    if not re.fullmatch(_TS, ts, re.ASCII):
        raise ValueError("not a ts")
    seconds, _, fraction = ts.partition(".")
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))

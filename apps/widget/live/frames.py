"""The words of the widget's socket: JSON text frames both ways (docs/protocol-widget.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

MAX_FRAME = 8 * 1024
MAX_TOKEN = 200


class Close(IntEnum):
    """Why the server ended a socket."""

    STALE = 4001  # who you are has changed: come back and resume
    REVOKED = 4003  # the session has ended
    NOT_FOUND = 4404  # no such session, or this site may not: all alike
    SLOW = 4008  # you do not read: come back and resume
    NO_HELLO = 4010
    RESTART = 4012  # the server restarts or cannot look: come back a little later
    TOO_FAST = 4029


class BadFrame(Exception):
    """Not a frame of this protocol; `code` is what the client is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hello:
    """`cursor` is "" for a client that knows nothing yet."""

    token: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Typing:
    on: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """`got` is how many frames of this socket have arrived."""

    got: int


Frame = Hello | Typing | Ping


def parse(text: str | None) -> Frame:
    """One client frame. Raises BadFrame("garbled" | "too_large" | "unknown_op")."""
    if not text:
        raise BadFrame("garbled")  # binary or empty
    if len(text) > MAX_FRAME:
        raise BadFrame("too_large")
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("garbled") from error
    op = facts.get("op") if isinstance(facts, dict) else None
    if op == "hello":
        return Hello(_text(facts.get("token")), _text(facts.get("cursor") or ""))
    if op == "typing":
        return Typing(facts.get("on") is True)
    if op == "ping":
        return Ping(_count(facts.get("got")))
    raise BadFrame("unknown_op")


def pack(op: str, **facts: Any) -> str:
    """One server frame."""
    return json.dumps({"op": op, **facts}, ensure_ascii=False, separators=(",", ":"))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TOKEN:
        raise BadFrame("garbled")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadFrame("garbled")
    return value

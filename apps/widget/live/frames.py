"""The words of the widget's socket: JSON text frames both ways (docs/protocol-widget.md)."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.sockets.frames import BadFrame, read

MAX_FRAME = 8 * 1024
MAX_TOKEN = 200


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
    facts = read(text, limit=MAX_FRAME)
    op = facts.get("op")
    if op == "hello":
        return Hello(_text(facts.get("token")), _text(facts.get("cursor") or ""))
    if op == "typing":
        return Typing(facts.get("on") is True)
    if op == "ping":
        return Ping(_count(facts.get("got")))
    raise BadFrame("unknown_op")


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TOKEN or not _is_unicode(value):
        raise BadFrame("garbled")
    return value


def _is_unicode(value: str) -> bool:
    """JSON can write half of a surrogate pair, which nothing after it can encode."""
    return not any("\ud800" <= each <= "\udfff" for each in value)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise BadFrame("garbled")
    return value

"""The words of the console's socket: JSON text frames both ways (docs/protocol-console.md).

What a client sends is parsed into one of four closed kinds or refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.core.sockets.frames import BadFrame, read

MAX_FRAME = 64 * 1024
MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Hello:
    cursor: int
    watch: UUID | None


@dataclass(frozen=True, slots=True)
class Watch:
    """`cursor` is the number that the thread on the page was rendered at, None when it is fresh."""

    conversation: UUID | None
    cursor: int | None


@dataclass(frozen=True, slots=True)
class Typing:
    on: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """`got` is how many frames of this socket have arrived, the pong's included."""

    got: int


Frame = Hello | Watch | Typing | Ping


def parse(text: str | None) -> Frame:
    """One client frame. Raises BadFrame("garbled" | "too_large" | "unknown_op")."""
    facts = read(text, limit=MAX_FRAME)
    op = facts.get("op")
    reader = _READERS.get(op) if isinstance(op, str) else None
    if reader is None:
        raise BadFrame("unknown_op")
    return reader(facts)


def pack_frames(seq: int, encoded: Iterable[str], counts: Mapping[str, int] | None) -> str:
    """The "frames" of one socket out of fragments that were encoded once for all sockets."""
    tail = f',"counts":{json.dumps(counts)}' if counts is not None else ""
    return f'{{"op":"frames","seq":{seq},"frames":[{",".join(encoded)}]{tail}}}'


def encode(*, target: str, action: str, html: str, region: str, conversation: UUID) -> str:
    """One fragment as it stands in a "frames" frame."""
    facts = {"t": target, "a": action, "h": html, "r": region, "c": str(conversation)}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _hello(facts: dict[str, Any]) -> Hello:
    return Hello(_number(facts.get("cursor")), _id(facts.get("watch")))


def _watch(facts: dict[str, Any]) -> Watch:
    cursor = facts.get("cursor")
    return Watch(_id(facts.get("conversation")), None if cursor is None else _number(cursor))


def _typing(facts: dict[str, Any]) -> Typing:
    if not isinstance(facts.get("on"), bool):
        raise BadFrame("garbled")
    return Typing(facts["on"])


def _ping(facts: dict[str, Any]) -> Ping:
    return Ping(_number(facts.get("got", 0)))


_READERS: dict[str, Callable[[dict[str, Any]], Frame]] = {
    "hello": _hello,
    "watch": _watch,
    "typing": _typing,
    "ping": _ping,
}


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_NUMBER:
        raise BadFrame("garbled")
    return value


def _id(value: object) -> UUID | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 36:
        raise BadFrame("garbled")
    try:
        return UUID(value)
    except ValueError as error:
        raise BadFrame("garbled") from error

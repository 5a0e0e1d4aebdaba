"""What every socket of ours speaks: text frames that are JSON objects, whose `op` names the kind.

Nothing that a client sends is ever used as the name of anything: the doors compare `op` with a closed set.
"""

from __future__ import annotations

import json
from enum import IntEnum
from typing import Any


class Close(IntEnum):
    """Why the server ended a socket. 1012 is the standard's (RFC 6455's registry), the others are ours."""

    RESTART = 1012  # the server restarts or cannot look: come back a little later
    STALE = 4001  # who you are or what you may see has changed: come back afresh
    REVOKED = 4003  # signed out, disabled, removed, or the session has ended
    NOT_FOUND = 4404  # not there, not yours, not signed in, or not from this site: all alike
    SLOW = 4008  # you do not read: come back and resume
    NO_HELLO = 4010
    TOO_FAST = 4029


class BadFrame(Exception):
    """Not a frame of the protocol; `code` is what the client is told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read(text: str | None, *, limit: int) -> dict[str, Any]:
    """The object in one client frame of at most `limit` characters; its values are as the client sent them.

    Raises BadFrame("garbled" | "too_large").
    """
    if not text:
        raise BadFrame("garbled")  # binary or empty
    if len(text) > limit:
        raise BadFrame("too_large")
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFrame("garbled") from error
    if not isinstance(facts, dict):
        raise BadFrame("garbled")
    return facts


def pack(op: str, **facts: Any) -> str:
    """One server frame."""
    return json.dumps({"op": op, **facts}, ensure_ascii=False, separators=(",", ":"))

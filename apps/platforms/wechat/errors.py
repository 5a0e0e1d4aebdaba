"""What an answer of WeChat's means: HTTP 200 with an `errcode`, whose `errmsg` ends in an id for support."""

from __future__ import annotations

import json
from typing import Any

from apps.core.http import Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Rejected,
    SendError,
    Throttled,
    Unreachable,
    WindowClosed,
)
from apps.platforms.shared.answers import redact, stranger

BUSY = -1
STALE = frozenset((40001, 40014, 42001))  # the token; a new one helps unless the account is at fault
# Not documented: how long WeChat wants one to wait after each.
WAITS = {45009: 3600.0, 45011: 60.0}
CLOSED = frozenset((45015, 45047))  # too late, or as many answers as it allows
GONE = {43004: "opted_out", 50005: "opted_out", 43101: "opted_out", 48002: "blocked"}
# The credential to look at; "" where the account lacks a permission or our address is not on its list.
CREDENTIALS = {
    **dict.fromkeys(STALE, "app_secret"),
    40013: "app_id",
    40125: "app_secret",
    40164: "",
    41001: "app_secret",
    41002: "app_id",
    41004: "app_secret",
    42007: "app_secret",
    48001: "",
    48004: "",
}


def result_of(answer: Response, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The object in an answer. Raises a SendError whose words contain none of `secrets`."""
    data = read(answer.body)
    if data is None:
        raise stranger(answer, "WeChat")
    code = data.get("errcode", 0)
    if code == 0 and answer.status < 300:
        return data
    if not isinstance(code, int) or code == 0:
        raise stranger(answer, "WeChat")
    raise refusal(code, redact(str(data.get("errmsg", "")), secrets))


def read(body: bytes) -> dict[str, Any] | None:
    """The JSON object in `body`, which WeChat may call text and leave control characters in; else None."""
    try:
        data = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def refusal(errcode: int, words: str) -> SendError:
    code = str(errcode)
    if errcode == BUSY:
        return Unreachable(words, code=code)
    if errcode in WAITS:
        return Throttled(words, retry_after=WAITS[errcode], code=code)
    if errcode in CLOSED:
        return WindowClosed(words, code=code)
    if errcode in GONE:
        return ContactGone(words, reason=GONE[errcode], code=code)
    if errcode in CREDENTIALS:
        return BadCredentials(words, field=CREDENTIALS[errcode], code=code)
    return Rejected(words, code=code)

"""What the Graph API means when it says no: `{"error": {message, type, code, error_subcode, …}}`.

The HTTP status says little (400 for nearly everything); the code decides, and for some the subcode. A
platform adds its own rows to COMMON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.http import Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
    WindowClosed,
)
from apps.platforms.shared import answers

USUAL_WAIT = 60.0  # seconds after a limit of which Meta says no end


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One error, redacted. `code` is Meta's with its subcode ("10/2018278"), `wait` in seconds."""

    words: str
    code: str
    wait: float
    token_field: str


Meaning = Callable[[Said], SendError]
Table = Mapping[tuple[int, int], Meaning]


def rejected(said: Said) -> SendError:
    return Rejected(said.words, code=said.code)


def again(said: Said) -> SendError:
    """Not accepted; Meta asks to try later."""
    return Unreachable(said.words, code=said.code)


def unknown(said: Said) -> SendError:
    return Unknown(said.words, code=said.code)


def too_fast(said: Said) -> SendError:
    return Throttled(said.words, retry_after=said.wait, code=said.code)


def too_fast_for_pair(said: Said) -> SendError:
    return Throttled(said.words, retry_after=said.wait, code=said.code, only_this_address=True)


def bad_token(said: Said) -> SendError:
    """The token, or what it may do."""
    return BadCredentials(said.words, field=said.token_field, code=said.code)


def account_stopped(said: Said) -> SendError:
    """No credential is wrong, but the account may not send: restricted, locked, unpaid."""
    return BadCredentials(said.words, code=said.code)


def window_closed(said: Said) -> SendError:
    return WindowClosed(said.words, code=said.code)


def gone(said: Said) -> SendError:
    return ContactGone(said.words, reason="blocked", code=said.code)


# (code, subcode); subcode 0 is every other one.
COMMON: Table = {
    (0, 0): bad_token,
    (1, 0): unknown,
    (2, 0): again,
    (3, 0): bad_token,
    (4, 0): too_fast,
    (10, 0): bad_token,
    (17, 0): too_fast,
    (32, 0): too_fast,
    (100, 0): rejected,
    (102, 0): bad_token,
    (190, 0): bad_token,
    (368, 0): account_stopped,
    (613, 0): too_fast,
    **{(code, 0): bad_token for code in range(199, 300)},
}


def refusal(
    error: Mapping[str, Any],
    answer: Response,
    *,
    table: Table = COMMON,
    token_field: str = "token",
    secrets: Iterable[str] = (),
) -> SendError:
    """What the `error` object of an answer means; what has no row is by its HTTP status."""
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = Said(
        words=answers.redact(_words(error), secrets) or f"Meta says no (status {answer.status})",
        code=f"{code}/{subcode}" if subcode else str(code),
        wait=_wait(answer),
        token_field=token_field,
    )
    if not isinstance(error.get("code"), int):
        return answers.stranger(answer, "the Graph API")
    meaning = table.get((code, subcode)) or table.get((code, 0)) or _by_status(answer.status)
    return meaning(said)


def _by_status(status: int) -> Meaning:
    if status == 401:
        return bad_token
    if status == 429:
        return too_fast
    return rejected if 400 <= status < 500 else unknown


def _words(error: Mapping[str, Any]) -> str:
    """The message, and what WhatsApp says in detail."""
    details = error.get("error_data")
    detail = details.get("details") if isinstance(details, dict) else None
    return ": ".join(text for text in (error.get("message"), detail) if isinstance(text, str) and text)


def _wait(answer: Response) -> float:
    """Seconds until the limit ends: Retry-After, or the usage header's minutes, or a minute."""
    named = answer.headers.get("retry-after", "")
    if named:
        return answers.seconds(named, default=USUAL_WAIT)
    minutes = max(_minutes(answer.headers.get("x-business-use-case-usage", "")), default=0)
    return min(minutes * 60.0, answers.LONGEST_WAIT) or USUAL_WAIT


def _minutes(usage: str) -> Iterator[int]:
    """`estimated_time_to_regain_access` of every use case: {"<id>": [{…}]}."""
    try:
        cases = json.loads(usage or "{}")
    except (ValueError, RecursionError):
        return
    for rows in cases.values() if isinstance(cases, dict) else ():
        for row in rows if isinstance(rows, list) else ():
            yield _number(row.get("estimated_time_to_regain_access")) if isinstance(row, dict) else 0


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

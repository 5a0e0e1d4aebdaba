"""What X means when it says no: https://docs.x.com/x-api/fundamentals/response-codes-and-errors.

A refusal is an object with `title`, `detail` and `type` (the address of a page about the problem); some
gateways of X still answer `{"errors": [{"code", "message"}]}`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from apps.core.http import Response
from apps.platforms.base import BadCredentials, ContactGone, Rejected, SendError, Throttled
from apps.platforms.shared import answers

Json = dict[str, Any]

USUAL_WAIT = 60.0  # seconds after a limit of which X says no end
# Not documented for direct messages: which 403 is about the app and not about the customer, by the last word
# of the problem's address. Every other one of a message means that they do not take messages from us.
OF_THE_APP = frozenset(
    {"oauth1-permissions", "client-forbidden", "unsupported-authentication", "usage-capped"}
)


def result_of(answer: Response, secrets: Iterable[str], *, to_customer: bool = False) -> Json:
    """The object that a call answers with; {} for none. `to_customer` for a message. Raises SendError."""
    data = answer.json()
    if answer.status == 204 or (answer.status < 300 and isinstance(data, dict)):
        return data if isinstance(data, dict) else {}
    theirs = 400 <= answer.status < 500 and (_is_refusal(data) or answer.status == 429)
    if not theirs:
        raise answers.stranger(answer, "X")
    words = answers.redact(_words(data), secrets) or f"X says no (status {answer.status})"
    raise _refusal(answer, words, _problem(data), to_customer=to_customer)


def _refusal(answer: Response, words: str, problem: str, *, to_customer: bool) -> SendError:
    code = problem or str(answer.status)
    if answer.status == 401:
        return BadCredentials(words, field="access_token", code=code)
    if answer.status == 402 or problem == "usage-capped":  # prepaid credits are used up
        return BadCredentials(words, code=code)
    if answer.status == 403 and to_customer and problem not in OF_THE_APP:
        return ContactGone(words, reason="blocked", code=code)
    if answer.status == 403:
        return BadCredentials(words, field="access_token", code=code)
    if answer.status == 429:
        return Throttled(words, retry_after=_wait(answer.headers), code="429")
    return Rejected(words, code=code)


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds until the window of 15 minutes, or the day, begins anew."""
    ends = headers.get("x-rate-limit-reset", "")
    if not (ends.isascii() and ends.isdigit()):
        return answers.seconds(headers.get("retry-after", ""), default=USUAL_WAIT)
    return min(max(float(ends) - time.time(), 1.0), answers.LONGEST_WAIT)


def _is_refusal(data: object) -> bool:
    return isinstance(data, dict) and any(name in data for name in ("title", "detail", "errors", "error"))


def _words(data: object) -> str:
    if not isinstance(data, dict):
        return ""
    rows = data.get("errors")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    found = (data.get("detail"), first.get("message"), data.get("title"))
    return next((text for text in found if isinstance(text, str) and text), "")


def _problem(data: object) -> str:
    """The last word of the problem's address."""
    address = data.get("type") if isinstance(data, dict) else None
    return address.rstrip("/").rpartition("/")[2] if isinstance(address, str) and "/" in address else ""

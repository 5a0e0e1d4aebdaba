"""What an answer of QQ's means: an HTTP status and, in JSON, a code that says more."""

from __future__ import annotations

from typing import Any

from apps.core.http import Response
from apps.platforms.base import BadCredentials, Rejected, SendError, Throttled, Unknown, WindowClosed
from apps.platforms.shared.answers import redact, seconds, stranger

# Not documented for messages to one person, seen by others: the token, answering too late or too often.
STALE = frozenset((11243, 11244))
CLOSED = frozenset((304027, 40034024, 40034025, 40034102))
TOO_FAST = frozenset((22009, 20028))
FORBIDDEN = frozenset((11253, 11254, 11281))
WAIT = 60.0  # seconds after "too fast", when QQ names no time


def result_of(answer: Response, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The object in an answer. Raises a SendError whose words contain none of `secrets`."""
    data = answer.json()
    if not isinstance(data, dict):
        raise stranger(answer, "QQ")
    code = data.get("code") or data.get("err_code") or 0
    if answer.status < 300 and not code:
        return data
    if "message" not in data or type(code) is not int:
        raise stranger(answer, "QQ")
    raise refusal(code, answer, redact(str(data["message"]), secrets))


def refusal(number: int, answer: Response, words: str) -> SendError:
    code = str(number or answer.status)
    if number in STALE or answer.status == 401:
        return BadCredentials(words, field="app_secret", code=code)
    if number in TOO_FAST or answer.status == 429:
        wait = seconds(answer.headers.get("retry-after", ""), default=WAIT)
        return Throttled(words, retry_after=wait, code=code)
    if number in CLOSED:
        return WindowClosed(words, code=code)
    if number in FORBIDDEN:
        return BadCredentials(words, code=code)
    if answer.status >= 500 and not number:
        return Unknown(words, code=code)
    return Rejected(words, code=code)

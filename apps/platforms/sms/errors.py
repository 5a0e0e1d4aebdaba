"""What Twilio means when it says no: `{"code", "message", "more_info", "status"}`.

https://www.twilio.com/docs/api/errors; only 20429, 21610 and 63018 are documented with what to do about them,
the rest is from their descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from apps.core.http import Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.shared import answers

USUAL_WAIT = 5.0  # seconds after a limit of which Twilio names no end
OPTED_OUT = "21610"
Meaning = Callable[[str, str], SendError]


def _throttled(words: str, code: str) -> SendError:
    return Throttled(words, retry_after=USUAL_WAIT, code=code)


def _gone(words: str, code: str) -> SendError:
    return ContactGone(words, reason="opted_out", code=code)


def _rejected(words: str, code: str) -> SendError:
    return Rejected(words, code=code)


def _unreachable(words: str, code: str) -> SendError:
    return Unreachable(words, code=code)


def _blames(field: str) -> Meaning:
    return lambda words, code: BadCredentials(words, field=field, code=code)


ERRORS: dict[int, Meaning] = {
    14107: _throttled,  # messages per second of this number
    20003: _blames("auth_token"),
    20005: _blames("account_sid"),  # suspended or closed
    20404: _blames("account_sid"),
    20429: _throttled,  # calls at the same time
    20503: _unreachable,
    21211: _rejected,  # no such number
    21212: _blames("number"),
    21408: _rejected,  # the account may not write to this country
    21603: _blames("number"),
    21606: _blames("number"),
    21610: _gone,
    21611: _throttled,  # the number's queue is full
    21614: _rejected,  # not a mobile number
    21617: _rejected,  # longer than 1,600 characters
    21659: _blames("number"),
    30001: _throttled,
    63018: _throttled,
}

# Codes that come with a status and without words.
LATER = {
    "30001": "the queue was full",
    "30002": "the account was suspended",
    "30003": "the phone could not be reached",
    "30004": "the phone or its carrier blocks the message",
    "30005": "no such phone is known",
    "30006": "a fixed line, or a carrier that cannot be reached",
    "30007": "the carrier took it for spam",
    "30008": "the carrier did not say why",
    "30034": "the number is not registered with the carriers (A2P 10DLC)",
    OPTED_OUT: "the customer has opted out",
}


def refusal(answer: Response, secrets: Iterable[str]) -> SendError:
    """What an answer that is no 2xx means."""
    data = answer.json()
    code = data.get("code") if isinstance(data, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        if answer.status in (401, 403):
            return BadCredentials("Twilio does not know this account", field="auth_token")
        return answers.stranger(answer, "Twilio")
    words = answers.redact(str(data.get("message") or f"Twilio says no: {code}"), secrets)
    meaning = ERRORS.get(code)
    return meaning(words, str(code)) if meaning else _by_status(answer, words, str(code))


def _by_status(answer: Response, words: str, code: str) -> SendError:
    if answer.status == 429:
        wait = answers.seconds(answer.headers.get("retry-after", ""), default=USUAL_WAIT)
        return Throttled(words, retry_after=wait, code=code)
    if answer.status == 401:
        return BadCredentials(words, field="auth_token", code=code)
    return Rejected(words, code=code) if 400 <= answer.status < 500 else Unknown(words, code=code)

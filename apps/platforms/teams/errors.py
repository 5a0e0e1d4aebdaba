"""What an answer of the Bot Connector's means: an HTTP status and, in JSON, a code that says more.

https://learn.microsoft.com/microsoftteams/platform/resources/bot-v3/bots-error-codes
"""

from __future__ import annotations

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
)
from apps.platforms.shared.answers import redact, seconds, stranger

STALE = "401"
WAIT = 5.0  # seconds after "too many", when Teams names no time
# Of 403, who is meant: the customer took the bot away or blocked it, or the whole organisation did.
GONE = {
    "BotNotInConversationRoster": "deleted",
    "ConversationBlockedByUser": "blocked",
    "MessageWritesBlocked": "blocked",
}
NOT_OURS = frozenset(("BotDisabledByAdmin", "BotNotRegistered", "ForbiddenOperationException"))
MISSING = "ConversationNotFound"


def result_of(answer: Response, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The object in an answer. Raises a SendError whose words contain none of `secrets`."""
    data = answer.json()
    if 200 <= answer.status < 300:
        if isinstance(data, dict):
            return data
        raise Unknown("the answer was not one of Teams'", code=str(answer.status))
    error = data.get("error") if isinstance(data, dict) else None
    told = error if isinstance(error, dict) else {}
    code = str(told.get("code") or "")[:60]
    words = redact(str(told.get("message") or code), secrets)
    raise refusal(answer, code, words or f"Teams answered {answer.status}")


def refusal(answer: Response, code: str, words: str) -> SendError:
    match answer.status:
        case 401:
            return BadCredentials(words, field="app_secret", code=STALE)
        case 403 if code in GONE:
            return ContactGone(words, reason=GONE[code], code=code)
        case 403 if code in NOT_OURS or not code:
            return BadCredentials(words, code=code or "403")
        case 404 if code == MISSING:
            return ContactGone(words, reason="deleted", code=code)
        case 412:  # Teams asks to come again
            return Unreachable(words, code=code or "412")
        case 429:
            wait = seconds(answer.headers.get("retry-after", ""), default=WAIT)
            return Throttled(words, retry_after=wait, code=code or "429")
    if not code or answer.status < 400:
        return stranger(answer, "Teams")
    return Rejected(words, code=code) if answer.status < 500 else Unknown(words, code=code)

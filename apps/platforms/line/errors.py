"""What an answer of the Messaging API means: a status, and {"message", "details": [{"message", "property"}]}.

The status decides; only for 400 and 429 do LINE's words, of which a lower-case piece is looked at.
"""

from __future__ import annotations

from typing import Any

from apps.core.http import Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Exhausted,
    Rejected,
    SendError,
    Throttled,
    Unknown,
)
from apps.platforms.shared.answers import redact, seconds, stranger

BAD_REPLY_TOKEN = "invalid reply token"
NOBODY = "failed to send messages"  # pushed to somebody who is no friend and never was
MONTHLY = "monthly limit"
REPEATED = 409  # the retry key was accepted before


class ReplyTokenSpent(Rejected):
    """The reply token was used or is over: nothing was sent, and a push still can be."""


def result_of(answer: Response, secrets: tuple[str, ...]) -> dict[str, Any]:
    """The object in an answer. Raises a SendError whose words contain none of `secrets`."""
    data = answer.json()
    if not isinstance(data, dict):
        raise stranger(answer, "LINE")
    if answer.status < 300:
        return data
    if answer.status == REPEATED:
        request = answer.headers.get("x-line-accepted-request-id", "")
        return {"acceptedRequestId": request, **data}
    raise refusal(data, answer, secrets)


def refusal(data: dict[str, Any], answer: Response, secrets: tuple[str, ...]) -> SendError:
    if not isinstance(data.get("message"), str):
        return stranger(answer, "LINE")
    words, code = redact(_words(data), secrets), str(answer.status)
    match answer.status:
        case 400:
            return _bad_request(words)
        case 401 | 403:
            return BadCredentials(words, field="token", code=code)
        case 429:
            return _too_much(words, answer)
        case status if status < 500:
            return Rejected(words, code=code)
        case _:
            return Unknown(words, code=code)


def _bad_request(words: str) -> SendError:
    if BAD_REPLY_TOKEN in words.lower():
        return ReplyTokenSpent(words, code="reply_token")
    if NOBODY in words.lower():
        return ContactGone(words, reason="deleted", code="400")
    return Rejected(words, code="400")


def _too_much(words: str, answer: Response) -> SendError:
    """The plan's pushes of this month are used up, while replies still go; or too many calls just now."""
    if MONTHLY in words.lower():
        return Exhausted(words, code="monthly_limit")
    return Throttled(words, retry_after=seconds(answer.headers.get("retry-after", "")))


def _words(data: dict[str, Any]) -> str:
    details = data.get("details")
    rows = [row for row in details if isinstance(row, dict)] if isinstance(details, list) else []
    said = [f"{row.get('property', '')}: {row.get('message', '')}" for row in rows]
    return "; ".join([data["message"], *said])

"""What Apple's answers mean.

Documented codes (for /preUpload and /authenticate, assumed the same elsewhere): 400 malformed with the
reason as plain text, 401 no Authorization, 403 Authorization not valid, 404 destination not recognised,
500 server error. 429 is not documented but costs nothing to understand.
"""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime

from apps.core.http import Forbidden, HttpError, NotConnected, Response, TooLarge, TooLate
from apps.platforms.base import (
    NOT_ALLOWED,
    BadCredentials,
    ContactGone,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.shared.answers import too_late

DEFAULT_PAUSE = 30.0
LONGEST_PAUSE = 3600.0


def of_message(answer: Response) -> SendError:
    """For POST /message: a server error may come after the message was taken.

    404 is an opaque id that Apple does not know for us: nothing we send will arrive until the customer
    writes again under one that it does know, which is what ContactGone says.
    """
    if answer.status == 404:
        return ContactGone(_words(answer), reason="deleted", code="404")
    if answer.status >= 500:
        return Unknown(_words(answer), code=str(answer.status))
    return _common(answer)


def of_question(answer: Response) -> SendError:
    """For calls that come before a message or without one: nothing was accepted, whatever went wrong."""
    if answer.status == 404:
        return BadCredentials(_words(answer), field="business_id", code="404")
    if answer.status >= 500:
        return Unreachable(_words(answer), code=str(answer.status))
    return _common(answer)


def of_link(answer: Response) -> SendError:
    """For files and payloads that customers sent: their links die within seconds and answer 403 or 404 then,
    which says nothing about our credentials."""
    if answer.status in (401, 403, 404, 410):
        return Rejected(f"the link has expired: {_words(answer)}", code=str(answer.status))
    return of_question(answer)


def of_transport(error: HttpError, *, message: bool) -> SendError:
    """For calls without an answer. Only POST /message leaves a doubt whether it arrived."""
    words = str(error)
    if isinstance(error, NotConnected):
        return Unreachable(words, code="not_connected")
    if isinstance(error, TooLate):
        return too_late(error)
    if isinstance(error, Forbidden):
        return Rejected(words, code=NOT_ALLOWED)
    if message:
        return Unknown(words, code="no_answer")
    if isinstance(error, TooLarge):
        return Rejected(words, code="too_large")
    return Unreachable(words, code="no_answer")


def _common(answer: Response) -> SendError:
    code, words = str(answer.status), _words(answer)
    if answer.status in (401, 403):
        return BadCredentials(words, field=_field(words), code=code)
    if answer.status == 429:
        return Throttled(words, retry_after=_pause(answer), code=code)
    return Rejected(words, code=code)


def _field(words: str) -> str:
    # Apple does not say what it refused, unless its words do: the sender, or one half of the token.
    if re.search(r"\bsource|\bbusiness", words, re.IGNORECASE):
        return "business_id"
    return "msp_id" if re.search(r"\biss(uer)?\b|\b[cm]sp\b", words, re.IGNORECASE) else "secret"


def _pause(answer: Response) -> float:
    value = answer.headers.get("retry-after", "").strip()
    if value.isdecimal() and len(value) < 10:
        return min(float(value), LONGEST_PAUSE)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
    except ValueError:
        return DEFAULT_PAUSE
    return min(max(seconds, 0.0), LONGEST_PAUSE)


def _words(answer: Response) -> str:
    return answer.text.strip()[:500] or f"Apple answered {answer.status} without words"

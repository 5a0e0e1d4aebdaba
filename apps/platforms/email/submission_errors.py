"""What a mail server's no means (RFC 5321, 4.2; the codes with dots are RFC 3463's)."""

from __future__ import annotations

import re

from aiosmtplib import errors as smtp

from apps.platforms.base import BadCredentials, Rejected, SendError, Throttled, Unreachable

USUAL_WAIT = 60.0  # seconds; servers name none
RECIPIENT_WAIT = 300.0  # a full mailbox, or a server that takes strangers at the second try only
DAILY_WAIT = 3600.0
MOST_WORDS = 500  # characters

_DOTTED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?=\s|$)")
_LIMIT = re.compile(r"4\.(7\.\d+|3\.2|4\.5)")  # policy, "not now", congestion: about us, not about this mail
_LOGIN = frozenset({530, 534, 535, 538})  # RFC 4954, wherever they come
_TOO_LARGE = ("552", "5.3.4")
_DAILY = "5.4.5"  # not documented as a standard's: Google says it when a day's limit is reached


def refusal(error: smtp.SMTPResponseException, *, known: bool) -> SendError:
    """The command that was refused is the error's class; `known` tells whether we had logged in."""
    words = f"{error.code} {_line(error.message)}"[:MOST_WORDS]
    dotted = _DOTTED.match(error.message)
    code = dotted[1] if dotted else str(error.code)
    if 400 <= error.code < 500:
        return _later(error, words, code)
    if 500 <= error.code < 600:
        return _never(error, words, code, known)
    return Unreachable(words, code="not_smtp")


def _later(error: smtp.SMTPResponseException, words: str, code: str) -> SendError:
    if isinstance(error, smtp.SMTPRecipientRefused) and error.code != 421:
        return Throttled(words, retry_after=RECIPIENT_WAIT, code=code, only_this_address=True)
    if error.code == 421 or _LIMIT.fullmatch(code):
        return Throttled(words, retry_after=USUAL_WAIT, code=code)
    return Unreachable(words, code=code)


def _never(error: smtp.SMTPResponseException, words: str, code: str, known: bool) -> SendError:
    if code == _DAILY:
        return Throttled(words, retry_after=DAILY_WAIT, code=code)
    if isinstance(error, smtp.SMTPAuthenticationError) or error.code in _LOGIN:
        return BadCredentials(words, field="smtp_password", code=code)
    match error:
        case smtp.SMTPRecipientRefused() if code.startswith("5.7.") and not known:
            return BadCredentials(words, field="smtp_user", code=code)  # it relays for nobody unknown
        case smtp.SMTPRecipientRefused() | smtp.SMTPDataError():
            return Rejected(words, code=code)
        case smtp.SMTPSenderRefused():
            large = code in _TOO_LARGE
            return Rejected(words, code=code) if large else BadCredentials(words, field="address", code=code)
    return BadCredentials(words, field="smtp_host", code=code)


def _line(words: str) -> str:
    """One line that a database takes; bytes that are no UTF-8 come as halves of characters."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", words).strip()

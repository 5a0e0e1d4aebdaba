"""What it means when a call to a platform gets no answer, or one that the platform would not give."""

from __future__ import annotations

from collections.abc import Iterable

from apps.core.http import Forbidden, HttpError, NoAnswer, NotConnected, Response, TooLarge, TooLate
from apps.platforms.base import (
    NOT_ALLOWED,
    BadCredentials,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)

LONGEST_WAIT = 3600.0  # seconds; a platform that names more is asked again after an hour


def unanswered(error: HttpError, secrets: Iterable[str]) -> SendError:
    """What it means that the call itself failed."""
    words = redact(str(error), secrets)
    if isinstance(error, NotConnected):
        return Unreachable(words, code="not_connected")
    if isinstance(error, TooLate):
        return too_late(error)
    if isinstance(error, Forbidden):
        return Rejected(words, code=NOT_ALLOWED)
    return Unknown(words, code="no_answer")


def too_late(error: TooLate) -> Throttled:
    """Due again at once, for whoever is not stopped; no fault of the platform's."""
    return Throttled(str(error), retry_after=0, code="stopped", only_this_address=True)


def unfetched(error: HttpError, secrets: Iterable[str]) -> SendError:
    """As `unanswered` for a GET, of which no outcome can be in doubt."""
    if isinstance(error, TooLarge):
        return Rejected(redact(str(error), secrets), code="too_large")
    if isinstance(error, NoAnswer):
        return Unreachable(redact(str(error), secrets), code="no_answer")
    return unanswered(error, secrets)


def certain(error: SendError) -> SendError:
    """`error` of a call that changes nothing, or nothing that anybody sees: no outcome is in doubt."""
    return Unreachable(error.words, code=error.code) if isinstance(error, Unknown) else error


def stranger(answer: Response, platform: str) -> SendError:
    """What an answer means that `platform` would not give: a gateway, or a wrong base URL."""
    code = str(answer.status)
    if answer.status == 429:
        return Throttled("too many requests", retry_after=seconds(answer.headers.get("retry-after", "")))
    if answer.status in (301, 302, 303, 307, 308, 404, 405):
        return BadCredentials(f"{platform} does not answer at this address", field="base_url", code=code)
    if 400 <= answer.status < 500:
        return Rejected(f"a server on the way answered {code}", code=code)
    return Unknown(f"the answer (status {code}) was not one of {platform}", code=code)


def redact(words: str, secrets: Iterable[str]) -> str:
    """`words` without any of `secrets`."""
    for secret in secrets:
        words = words.replace(secret, "•••") if secret else words
    return words


def seconds(header: str, *, default: float = 1.0) -> float:
    """Retry-After in seconds, at most an hour; `default` for a date, which no platform of ours sends."""
    return min(float(header), LONGEST_WAIT) if header.isascii() and header.isdigit() else default

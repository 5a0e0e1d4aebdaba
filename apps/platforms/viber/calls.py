"""Calling the REST Bot API: https://developers.viber.com/docs/api/rest-bot-api/. Everything is answered with
200; a number in the body says what came of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Credentials,
    Exhausted,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.shared.answers import redact, stranger, unanswered

BASE_URL = "https://chatapi.viber.com/pa"
TOKEN = r"\s*[0-9a-zA-Z-]{16,80}\s*"
WAIT = 10.0  # seconds after "too many requests"; Viber names none

Json = dict[str, Any]

TOKEN_REFUSED = frozenset({2, 8})
# The account as a whole: blocked, suspended, without a webhook, not authorised.
ACCOUNT_STOPPED = frozenset({7, 9, 10, 15})
NOT_REGISTERED, NOT_SUBSCRIBED, TOO_MANY = 5, 6, 12
# What the plan has for messages outside of a session is used up, or not paid: answers within a session are
# free and still go, so the channel does not stop. All others are about this message.
USED_UP = frozenset({23, 24})


async def call(method: str, creds: Credentials, http: Http, *, json: Mapping[str, Any]) -> Json:
    """What one call answers. Raises SendError and nothing else."""
    token = creds.get("token", "").strip()
    if not re.fullmatch(TOKEN, token):
        raise BadCredentials("this is not the token of a Viber bot", field="token", code="no_token")
    address = f"{(creds.get('base_url') or BASE_URL).strip().rstrip('/')}/{method}"
    try:
        answer = await http.request("POST", address, headers={"x-viber-auth-token": token}, json=json)
    except HttpError as error:
        raise unanswered(error, (token,)) from None
    return result_of(answer, token)


async def ask(method: str, creds: Credentials, http: Http, *, json: Mapping[str, Any]) -> Json:
    """`call` for what may be made again: an Unknown outcome of it is Unreachable."""
    try:
        return await call(method, creds, http, json=json)
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None


def result_of(answer: Response, token: str) -> Json:
    data = answer.json()
    status = data.get("status") if isinstance(data, dict) else None
    if not isinstance(status, int) or isinstance(status, bool) or answer.status >= 300:
        raise stranger(answer, "Viber")
    if status:
        words = data.get("status_message")
        raise refusal(status, redact(words, (token,)) if isinstance(words, str) else "")
    found: Json = data
    return found


def refusal(status: int, words: str) -> SendError:
    """What a status other than 0 means."""
    code = str(status)
    if status in TOKEN_REFUSED or status in ACCOUNT_STOPPED:
        return BadCredentials(words, field="token" if status in TOKEN_REFUSED else "", code=code)
    if status in (NOT_REGISTERED, NOT_SUBSCRIBED):
        reason = "deleted" if status == NOT_REGISTERED else "opted_out"
        return ContactGone(words, reason=reason, code=code)
    if status in USED_UP:
        return Exhausted(words, code=code)
    if status == TOO_MANY:
        return Throttled(words, retry_after=WAIT, code=code)
    return Rejected(words, code=code)

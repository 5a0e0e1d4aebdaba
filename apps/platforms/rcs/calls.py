"""Calling the RCS Business Messaging API (v1), and what it means when it says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import (
    BadCredentials,
    Credentials,
    OutOfReach,
    Rejected,
    SendError,
    Throttled,
    Unknown,
)
from apps.platforms.rcs.account import Account, Tokens, account
from apps.platforms.shared.answers import redact, seconds, stranger, unanswered

USUAL_WAIT = 10.0  # seconds after a limit of which Google names no end
NOT_REACHABLE = "not_rcs"  # code of an OutOfReach: no RCS there, or not with this carrier
TOKENS = Tokens()

Json = dict[str, Any]


async def call(
    method: str,
    path: str,
    creds: Credentials,
    http: Http,
    *,
    query: Mapping[str, str] | None = None,
    json: Any = None,
) -> Response:
    """The answer to one call below /v1, 2xx or 409. A token that was refused is fetched anew, once.

    Raises SendError and nothing else.
    """
    ours = account(creds)
    asked = urlencode({**(query or {}), "agentId": agent(creds)})
    address = f"{ours.base}/v1/{path}?{asked}"
    token = await TOKENS.get(ours, http)
    answer = await _once(method, address, token, ours, http, json)
    if answer.status == 401:
        TOKENS.forget(ours, token)
        answer = await _once(method, address, await TOKENS.get(ours, http), ours, http, json)
    if 200 <= answer.status < 300 or (answer.status == 409 and _error(answer)):
        return answer
    raise refusal(answer, ours)


def agent(creds: Credentials) -> str:
    """Our address. Raises BadCredentials without one."""
    found = creds.get("agent_id", "").strip()
    if not found:
        raise BadCredentials("the agent's ID is missing", field="agent_id")
    return found


def phone(to: str) -> str:
    """The path of a customer."""
    return f"phones/{quote(to)}"


async def _once(method: str, address: str, token: str, ours: Account, http: Http, json: Any) -> Response:
    head = {"authorization": f"Bearer {token}"}
    try:
        return await http.request(method, address, headers=head, json=json)
    except HttpError as error:
        raise unanswered(error, (*ours.secrets, token)) from None


def refusal(answer: Response, ours: Account) -> SendError:
    """What an error object of Google's means; the HTTP status decides."""
    error = _error(answer)
    if not error:
        return stranger(answer, "RCS Business Messaging")
    words = redact(str(error.get("message") or "Google says no"), ours.secrets)
    code = str(error.get("status") or answer.status)
    match answer.status:
        case 401:
            return BadCredentials(words, field="service_account", code=code)
        case 403:
            return BadCredentials(words, field="agent_id", code=code)
        case 404:
            return OutOfReach(f"RCS does not reach this number ({words})", code=NOT_REACHABLE)
        case 429:
            wait = seconds(answer.headers.get("retry-after", ""), default=USUAL_WAIT)
            return Throttled(words, retry_after=wait, code=code)
    return Rejected(words, code=code) if 400 <= answer.status < 500 else Unknown(words, code=code)


def _error(answer: Response) -> Json:
    data = answer.json()
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {}

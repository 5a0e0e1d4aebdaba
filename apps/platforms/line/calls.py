"""Calling the Messaging API: https://developers.line.biz/en/reference/messaging-api/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apps.core.http import Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, Unknown, Unreachable
from apps.platforms.line import errors
from apps.platforms.shared.answers import unanswered

API = "https://api.line.me"
FILES = "https://api-data.line.me"  # what people sent lies on a host of its own
TOKEN = r"\s*[!-~]+\s*"

Json = dict[str, Any]


async def call(
    method: str,
    path: str,
    creds: Credentials,
    http: Http,
    *,
    json: Mapping[str, Any] | None = None,
    retry_key: str = "",
) -> Json:
    """The object that one call answers with; with a `retry_key` that was accepted before, the answer of
    then. Raises SendError and nothing else."""
    headers = head(creds) | ({"x-line-retry-key": retry_key} if retry_key else {})
    try:
        answer = await http.request(method, f"{base(creds)}{path}", headers=headers, json=json)
    except HttpError as error:
        raise unanswered(error, secrets(creds)) from None
    return errors.result_of(answer, secrets(creds))


async def ask(path: str, creds: Credentials, http: Http) -> Json:
    """`call` with GET, of which no outcome can be in doubt."""
    return await certainly(call("GET", path, creds, http))


async def certainly(asked: Any) -> Json:
    """What a call answers that may be made again: an Unknown outcome of it is Unreachable."""
    try:
        found: Json = await asked
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None
    return found


def head(creds: Credentials) -> dict[str, str]:
    """Raises BadCredentials for a token that is none."""
    token = creds.get("token", "").strip()
    if not re.fullmatch(TOKEN, token):
        raise BadCredentials("this is not a channel access token", field="token", code="no_token")
    return {"authorization": f"Bearer {token}"}


def base(creds: Credentials, *, files: bool = False) -> str:
    """A server of the business's own answers for both hosts."""
    return (creds.get("base_url") or (FILES if files else API)).strip().rstrip("/")


def secrets(creds: Credentials) -> tuple[str, ...]:
    return (creds.get("token", "").strip(), creds.get("channel_secret", ""))

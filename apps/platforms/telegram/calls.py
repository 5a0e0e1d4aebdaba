"""Calling the Bot API: the token is in the address, so nothing but `errors` may put an address in words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from apps.core.http import FilePart, Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, Rejected
from apps.platforms.shared.answers import unanswered
from apps.platforms.telegram import errors

BASE_URL = "https://api.telegram.org"
TOKEN = r"[0-9]+:[A-Za-z0-9_-]+"
UPLOAD_SECONDS = 120.0


async def call(method: str, creds: Credentials, http: Http, *, json: Mapping[str, Any] | None = None) -> Any:
    """The `result` of one call. Raises SendError and nothing else."""
    address = f"{base(creds)}/{method}"
    try:
        answer = await http.request("POST", address, json=dict(json or {}))
    except HttpError as error:
        raise unanswered(error, secrets(creds)) from None
    return errors.result_of(answer, secrets(creds))


async def upload(
    method: str, creds: Credentials, http: Http, *, form: Mapping[str, str], files: Sequence[FilePart]
) -> Any:
    """As `call`, with files that are read from disk while they are sent."""
    address = f"{base(creds)}/{method}"
    try:
        answer = await http.request("POST", address, form=form, files=files, timeout=UPLOAD_SECONDS)
    except HttpError as error:
        raise unanswered(error, secrets(creds)) from None
    except FileNotFoundError:
        raise Rejected("the file is no longer on our disk", code="file_missing") from None
    return errors.result_of(answer, secrets(creds))


def base(creds: Credentials, *, files: bool = False) -> str:
    """Where this bot's methods (or files) are. Raises BadCredentials for a token that is none."""
    token = creds.get("token", "").strip()
    if not re.fullmatch(TOKEN, token):
        raise BadCredentials("this is not the token of a bot", field="token")
    server = (creds.get("base_url") or BASE_URL).strip().rstrip("/")
    return f"{server}/file/bot{token}" if files else f"{server}/bot{token}"


def file_address(creds: Credentials, path: str) -> str:
    return f"{base(creds, files=True)}/{quote(path)}"


def bot_id(creds: Credentials) -> str:
    return creds.get("token", "").strip().partition(":")[0]


def secrets(creds: Credentials) -> tuple[str, ...]:
    """What may stand in no error, log or page; the half after the colon catches every way of quoting it."""
    token = creds.get("token", "").strip()
    return (token, token.partition(":")[2], creds.get("webhook_secret", ""))

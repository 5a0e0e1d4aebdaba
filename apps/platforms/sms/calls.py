"""Calling Twilio's REST API (version 2010-04-01) for one account."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import BadCredentials, Credentials, Unknown, Unreachable
from apps.platforms.shared.answers import unanswered
from apps.platforms.sms import errors

BASE_URL = "https://api.twilio.com"
VERSION = "2010-04-01"
ACCOUNT = r"AC[0-9a-fA-F]{32}"
HOST = "twilio.com"  # of files and of the API


async def ask(path: str, creds: Credentials, http: Http, *, query: Mapping[str, str] | None = None) -> Any:
    """The JSON of a GET, of which no outcome can be in doubt. Raises SendError."""
    address = f"{account_url(creds)}{path}.json" + (f"?{urlencode(query)}" if query else "")
    try:
        return await _call("GET", address, creds, http, None)
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None


async def post(path: str, creds: Credentials, http: Http, form: Mapping[str, str]) -> Any:
    """The JSON that a POST answers. Raises SendError."""
    return await _call("POST", f"{account_url(creds)}{path}.json", creds, http, form)


async def _call(
    method: str, address: str, creds: Credentials, http: Http, form: Mapping[str, str] | None
) -> Any:
    try:
        answer = await http.request(method, address, headers=authorization(creds), form=form)
    except HttpError as error:
        raise unanswered(error, secrets(creds)) from None
    return _result(answer, creds)


def _result(answer: Response, creds: Credentials) -> dict[str, Any]:
    if not 200 <= answer.status < 300:
        raise errors.refusal(answer, secrets(creds))
    data = answer.json()
    if not isinstance(data, dict):
        raise Unknown("the answer was not one of Twilio", code=str(answer.status))
    return data


def account_url(creds: Credentials) -> str:
    """Everything of the account is below it. Raises BadCredentials for what is no account."""
    account = creds.get("account_sid", "").strip()
    if not re.fullmatch(ACCOUNT, account):
        raise BadCredentials("this is not the SID of an account", field="account_sid")
    return f"{_base(creds)}/{VERSION}/Accounts/{quote(account)}"


def authorization(creds: Credentials) -> dict[str, str]:
    """Raises BadCredentials without a token."""
    token = creds.get("auth_token", "").strip()
    if not token:
        raise BadCredentials("the auth token is missing", field="auth_token")
    pair = f"{creds.get('account_sid', '').strip()}:{token}"
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def is_twilios(url: str, creds: Credentials) -> bool:
    """Whether an address may be called with the token: Twilio's over https, or of the account's base_url."""
    try:
        here, ours = urlsplit(url), urlsplit(_base(creds))
        host = here.hostname or ""
        if (here.scheme, host, here.port) == (ours.scheme, ours.hostname, ours.port):
            return True
    except ValueError:
        return False
    return here.scheme == "https" and (host == HOST or host.endswith(f".{HOST}"))


def secrets(creds: Credentials) -> tuple[str, ...]:
    return creds.get("auth_token", "").strip(), creds.get("second_token", "").strip()


def _base(creds: Credentials) -> str:
    return (creds.get("base_url") or BASE_URL).strip().rstrip("/")

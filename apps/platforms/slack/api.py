"""Calling Slack's Web API (https://docs.slack.dev/apis/web-api/): a POST per method, with the token."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import BadCredentials, Credentials, Rejected, SendError, Unknown
from apps.platforms.shared.answers import certain, unanswered
from apps.platforms.slack import errors

BASE_URL = "https://slack.com/api"
TOKEN = r"xoxb-[A-Za-z0-9-]+"
SCOPES_HEADER = "x-oauth-scopes"

Json = dict[str, Any]


async def call(method: str, creds: Credentials, http: Http, parameters: Mapping[str, Any]) -> Json:
    """The answer of one call whose `ok` is true. Raises SendError and nothing else.

    Parameters go as a form: every method takes that, JSON only some of those that write.
    """
    return (await ask(method, creds, http, parameters))[0]


async def ask(
    method: str, creds: Credentials, http: Http, parameters: Mapping[str, Any]
) -> tuple[Json, frozenset[str] | None]:
    """As `call`, with the scopes that Slack says the token has; None when it does not say."""
    headers = {"authorization": f"Bearer {token(creds)}"}
    try:
        answer = await http.request(
            "POST", f"{base(creds)}/{method}", headers=headers, form=_form(parameters)
        )
    except HttpError as error:
        raise unanswered(error, secrets(creds)) from None
    return errors.result_of(answer, secrets(creds)), _scopes(answer)


async def certainly(method: str, creds: Credentials, http: Http, parameters: Mapping[str, Any]) -> Json:
    """As `call` for what changes nothing: no outcome can be in doubt."""
    try:
        return await call(method, creds, http, parameters)
    except Unknown as error:
        raise certain(error) from None


def base(creds: Credentials) -> str:
    return (creds.get("base_url") or BASE_URL).strip().rstrip("/")


def token(creds: Credentials) -> str:
    """Raises BadCredentials for what is no token of a bot."""
    found = creds.get("token", "").strip()
    if not re.fullmatch(TOKEN, found):
        raise BadCredentials("this is not the token of a bot", field="token", code="no_token")
    return found


def secrets(creds: Credentials) -> tuple[str, ...]:
    """What may stand in no error, log or page."""
    return (creds.get("token", "").strip(), creds.get("signing_secret", "").strip())


def bad_address() -> SendError:
    return Rejected("this is not the address of a conversation in Slack", code="bad_address")


def _form(parameters: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in parameters.items()
    }


def _scopes(answer: Response) -> frozenset[str] | None:
    said = answer.headers.get(SCOPES_HEADER)
    return None if said is None else frozenset(name.strip() for name in said.split(",") if name.strip())

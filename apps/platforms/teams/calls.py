"""Calling the Bot Connector: a token for the app, then activities.

https://learn.microsoft.com/azure/bot-service/rest-api
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import BadCredentials, Credentials, SendError
from apps.platforms.shared.answers import certain, redact, stranger, unanswered, unfetched
from apps.platforms.shared.tokens import Token, TokenCache
from apps.platforms.teams import errors, places

LOGIN = "https://login.microsoftonline.com"
EVERY_TENANT = "botframework.com"  # for bots that are not of one tenant
SCOPE = "https://api.botframework.com/.default"
LIVES = 3600.0  # seconds, when Microsoft does not say

tokens = TokenCache()
Json = dict[str, Any]


async def call(
    conversation: str, activity: Mapping[str, Any], creds: Credentials, http: Http, *, service: str = ""
) -> Json:
    """Put one activity into a conversation; what the Connector answers. Raises SendError and nothing else."""
    account(creds)
    place = f"/v3/conversations/{quote(conversation, safe='')}/activities"
    url = places.service(creds, service) + place

    async def attempt(token: str) -> Json:
        head = {"authorization": f"Bearer {token}"}
        try:
            answer = await http.request("POST", url, headers=head, json=activity)
        except HttpError as error:
            raise unanswered(error, (secret(creds), token)) from None
        return errors.result_of(answer, (secret(creds), token))

    return await tokens.use(account(creds), lambda: fetch_token(creds, http), attempt, stale=_is_stale)


async def token(creds: Credentials, http: Http) -> str:
    """A live token of the app. Raises SendError; nothing is in doubt."""
    return await tokens.get(account(creds), lambda: fetch_token(creds, http))


async def fetch_token(creds: Credentials, http: Http) -> Token:
    form = {
        "grant_type": "client_credentials",
        "client_id": creds.get("app_id", "").strip(),
        "client_secret": secret(creds),
        "scope": SCOPE,
    }
    tenant = quote(creds.get("tenant_id", "").strip() or EVERY_TENANT, safe="")
    url = f"{places.base(creds) or LOGIN}/{tenant}/oauth2/v2.0/token"
    try:
        answer = await http.request("POST", url, form=form)
    except HttpError as error:
        raise unfetched(error, (secret(creds),)) from None
    return _token(answer, creds)


def account(creds: Credentials) -> str:
    """Whose token it is. The secret is part of it: who only knows the app's id gets nobody's token. Raises
    BadCredentials."""
    app_id = creds.get("app_id", "").strip()
    if not app_id:
        raise BadCredentials("the app's ID is missing", field="app_id")
    if not secret(creds):
        raise BadCredentials("the client secret is missing", field="app_secret")
    digest = sha256(secret(creds).encode()).hexdigest()
    return "\n".join((app_id, creds.get("tenant_id", "").strip(), digest, places.base(creds)))


def secret(creds: Credentials) -> str:
    return creds.get("app_secret", "").strip()


def _token(answer: Response, creds: Credentials) -> Token:
    told = answer.json()
    if not isinstance(told, dict):
        raise certain(stranger(answer, "Microsoft's sign-in"))
    value, lives = told.get("access_token"), told.get("expires_in")
    if answer.status == 200 and isinstance(value, str) and value:
        return Token(value, float(lives) if type(lives) is int else LIVES)
    if answer.status in (400, 401) and isinstance(told.get("error"), str):
        raise _refusal(told, creds)
    raise certain(stranger(answer, "Microsoft's sign-in"))


def _refusal(told: Json, creds: Credentials) -> SendError:
    """AADSTS7000215 and …222 are about the secret, …700016 about the app, …90002 about the tenant."""
    words = redact(str(told.get("error_description") or told["error"]), (secret(creds),)).splitlines()[0]
    field = "app_secret"
    if "AADSTS700016" in words:
        field = "app_id"
    elif "AADSTS90002" in words or "AADSTS900023" in words:
        field = "tenant_id"
    return BadCredentials(words[:300], field=field, code=told["error"][:60])


def _is_stale(error: BadCredentials) -> bool:
    return error.code == errors.STALE

"""Calling QQ's open platform: a token from one host, everything else at another."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import BadCredentials, Credentials, Unknown, Unreachable
from apps.platforms.qq import errors
from apps.platforms.shared.answers import stranger, unanswered, unfetched
from apps.platforms.shared.tokens import Token, TokenCache

TOKENS_URL = "https://bots.qq.com"
BASE_URL = "https://api.sgroup.qq.com"
SECONDS = 60.0  # for a call that carries a file

# A new token is given in the last minute of the old one, which lives on beside it until then.
tokens = TokenCache(margin=50.0)
Json = dict[str, Any]


async def call(
    method: str, path: str, creds: Credentials, http: Http, *, json: Mapping[str, Any] | None = None
) -> Json:
    """One call with the bot's token. Raises SendError and nothing else."""

    async def attempt(token: str) -> Json:
        headers = {"Authorization": f"QQBot {token}"}
        try:
            answer = await http.request(
                method, base(creds) + path, headers=headers, json=json, timeout=SECONDS
            )
        except HttpError as error:
            raise unanswered(error, (secret(creds), token)) from None
        return errors.result_of(answer, (secret(creds), token))

    return await tokens.use(account(creds), lambda: fetch_token(creds, http), attempt, stale=_is_stale)


async def certainly(
    method: str, path: str, creds: Credentials, http: Http, *, json: Mapping[str, Any] | None = None
) -> Json:
    """As `call`, where a repetition does no harm: nothing is in doubt."""
    try:
        return await call(method, path, creds, http, json=json)
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None


async def fetch_token(creds: Credentials, http: Http) -> Token:
    account(creds)
    body = {"appId": creds["app_id"].strip(), "clientSecret": secret(creds)}
    try:
        answer = await http.request("POST", f"{base(creds, TOKENS_URL)}/app/getAppAccessToken", json=body)
    except HttpError as error:
        raise unfetched(error, (secret(creds),)) from None
    try:
        return _token(answer, creds)
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None


def _token(answer: Response, creds: Credentials) -> Token:
    """`expires_in` comes as text. A refusal has a code and no token, whatever its status."""
    told = answer.json()
    if not isinstance(told, dict):
        raise stranger(answer, "QQ")
    token, lives = told.get("access_token"), str(told.get("expires_in", ""))
    if isinstance(token, str) and token and lives.isascii() and lives.isdigit():
        return Token(token, float(lives))
    if told.get("code") and answer.status < 500:
        words = str(told.get("message") or "the secret is not the bot's").replace(secret(creds), "•••")
        raise BadCredentials(words, field="app_secret", code=str(told["code"]))
    raise stranger(answer, "QQ")


def account(creds: Credentials) -> str:
    """Whose token it is. The secret is part of it: who only knows the bot's id gets nobody's token. Raises
    BadCredentials."""
    app_id = creds.get("app_id", "").strip()
    if not (app_id.isascii() and app_id.isdigit()):
        raise BadCredentials("the id of a bot is a number", field="app_id")
    if not secret(creds):
        raise BadCredentials("the bot's secret is missing", field="app_secret")
    return f"{app_id}:{sha256(secret(creds).encode()).hexdigest()}:{base(creds)}"


def base(creds: Credentials, home: str = BASE_URL) -> str:
    return (creds.get("base_url") or home).strip().rstrip("/")


def secret(creds: Credentials) -> str:
    return creds.get("app_secret", "").strip()


def _is_stale(error: BadCredentials) -> bool:
    return error.field == "app_secret" and error.code in {"401", *map(str, errors.STALE)}

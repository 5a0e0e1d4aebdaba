"""Calling WeChat's API. The token stands in the address, so nothing here puts an address in words."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import urlencode

from apps.core.http import FilePart, Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, Rejected, Unknown, Unreachable
from apps.platforms.shared.answers import unanswered, unfetched
from apps.platforms.shared.tokens import Token, TokenCache
from apps.platforms.wechat import errors

BASE_URL = "https://api.weixin.qq.com"
UPLOAD_SECONDS = 120.0
APP_ID = r"wx[0-9a-f]{16}"
_STALE = frozenset(str(code) for code in errors.STALE)

tokens = TokenCache()
T = TypeVar("T")
Json = dict[str, Any]


async def call(path: str, creds: Credentials, http: Http, *, json: Mapping[str, Any]) -> Json:
    """One POST below /cgi-bin. Raises SendError and nothing else.

    WeChat shows "\\u4f60" as it stands, so that the body is UTF-8 without escapes.
    """
    body = jsonlib.dumps(json, ensure_ascii=False).encode("utf-8", "replace")

    async def attempt(token: str) -> Json:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            answer = await http.request("POST", address(path, creds, token), headers=headers, body=body)
        except HttpError as error:
            raise unanswered(error, secrets(creds, token)) from None
        return errors.result_of(answer, secrets(creds, token))

    return await with_token(creds, http, attempt)


async def ask(path: str, creds: Credentials, http: Http, **query: str) -> Json:
    """One GET, of which no outcome is in doubt. Raises SendError and nothing else."""

    async def attempt(token: str) -> Json:
        try:
            answer = await http.request("GET", address(path, creds, token, **query))
        except HttpError as error:
            raise unfetched(error, secrets(creds, token)) from None
        return errors.result_of(answer, secrets(creds, token))

    return await certainly(with_token(creds, http, attempt))


async def upload(kind: str, files: Sequence[FilePart], creds: Credentials, http: Http) -> Json:
    """A file for a message, kept for three days. Nothing is said yet, so nothing is in doubt."""

    async def attempt(token: str) -> Json:
        url = address("media/upload", creds, token, type=kind)
        try:
            answer = await http.request("POST", url, files=files, timeout=UPLOAD_SECONDS)
        except HttpError as error:
            raise unfetched(error, secrets(creds, token)) from None
        except FileNotFoundError:
            raise Rejected("the file is no longer on our disk", code="file_missing") from None
        return errors.result_of(answer, secrets(creds, token))

    return await certainly(with_token(creds, http, attempt))


async def certainly(call: Awaitable[Json]) -> Json:
    """`call`, which may be repeated: what would be Unknown is Unreachable."""
    try:
        return await call
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None


async def with_token(creds: Credentials, http: Http, attempt: Callable[[str], Awaitable[T]]) -> T:
    """`attempt` with the account's token, and once more with a new one when WeChat no longer knows it."""
    return await tokens.use(
        account(creds), lambda: fetch_token(creds, http), attempt, stale=lambda error: error.code in _STALE
    )


async def fetch_token(creds: Credentials, http: Http) -> Token:
    """The stable token: every process that asks gets the same one until it is about to end.

    Without force_refresh, of which an account has twenty a day.
    """
    account(creds)
    given = {
        name: creds.get(ours, "").strip() for name, ours in (("appid", "app_id"), ("secret", "app_secret"))
    }
    body = {"grant_type": "client_credential", **given}
    try:
        answer = await http.request("POST", f"{base(creds)}/cgi-bin/stable_token", json=body)
        told = errors.result_of(answer, secrets(creds))
    except HttpError as error:
        raise unfetched(error, secrets(creds)) from None
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None
    token, lives = told.get("access_token"), told.get("expires_in")
    if not isinstance(token, str) or not token or not isinstance(lives, int | float):
        raise Unreachable("the answer has no token", code="no_token")
    return Token(token, float(lives))


def account(creds: Credentials) -> str:
    """Whose token it is. The secret is part of it: who only knows the app id gets nobody's token. Raises
    BadCredentials."""
    app_id, secret = creds.get("app_id", "").strip(), creds.get("app_secret", "").strip()
    if not re.fullmatch(APP_ID, app_id):
        raise BadCredentials("this is not an app id of WeChat's", field="app_id")
    if not secret:
        raise BadCredentials("the app secret is missing", field="app_secret")
    return f"{app_id}:{sha256(secret.encode()).hexdigest()}:{base(creds)}"


def address(path: str, creds: Credentials, token: str, **query: str) -> str:
    return f"{base(creds)}/cgi-bin/{path}?{urlencode({'access_token': token, **query})}"


def base(creds: Credentials) -> str:
    return (creds.get("base_url") or BASE_URL).strip().rstrip("/")


def secrets(creds: Credentials, *more: str) -> tuple[str, ...]:
    """What may stand in no error, log or page."""
    return (*(creds.get(name, "").strip() for name in ("app_secret", "token", "aes_key")), *more)

"""Calling the X API v2: https://docs.x.com/x-api."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from apps.core.http import FilePart, Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, Rejected, Unknown, Unreachable
from apps.platforms.shared.answers import unanswered, unfetched
from apps.platforms.x_dm import errors, oauth

API = "https://api.x.com"
KEY = r"\s*[A-Za-z0-9_-]{5,200}\s*"
FIELDS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")

Json = dict[str, Any]


async def call(
    method: str,
    path: str,
    creds: Credentials,
    http: Http,
    *,
    json: Mapping[str, Any] | None = None,
    to_customer: bool = False,
) -> Json:
    """What one call answers, made in the account's name. Raises SendError and nothing else."""
    url = f"{base(creds)}{path}"
    headers = {"authorization": _signed(method, url, creds)}
    try:
        answer = await http.request(method, url, headers=headers, json=json)
    except HttpError as error:
        raise unanswered(error, secrets(creds)) from None
    return errors.result_of(answer, secrets(creds), to_customer=to_customer)


async def certainly(asked: Any) -> Json:
    """What a call answers that may be made again: an Unknown outcome of it is Unreachable."""
    try:
        found: Json = await asked
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None
    return found


async def upload(path: str, file: FilePart, form: Mapping[str, str], creds: Credentials, http: Http) -> Json:
    """What an upload, or a piece of one, answers; {} for nothing. Nobody sees it yet, so it may be repeated:
    Unreachable where another call would be Unknown. Raises SendError."""
    url = f"{base(creds)}/2/media/upload{path}"
    headers = {"authorization": _signed("POST", url, creds)}
    try:
        answer = await http.request("POST", url, headers=headers, form=form, files=[file], timeout=120.0)
    except HttpError as error:
        raise unfetched(error, secrets(creds)) from None
    except FileNotFoundError:
        raise Rejected("the file is no longer on our disk", code="file_missing") from None
    if answer.status < 300 and not answer.body:
        return {}
    try:
        return errors.result_of(answer, secrets(creds))
    except Unknown as error:
        raise _again(error) from None


class AsApp:
    """Calls in the app's own name, with a bearer token that X gives for key and secret."""

    def __init__(self, creds: Credentials, http: Http) -> None:
        self._creds, self._http, self._token = creds, http, ""

    async def call(self, method: str, path: str, *, json: Mapping[str, Any] | None = None) -> Json:
        """All of these can be made again. Raises SendError."""
        self._token = self._token or await self._fetch()
        return await self._request(method, path, {"authorization": f"Bearer {self._token}"}, json=json)

    async def _fetch(self) -> str:
        pair = [quote(self._creds.get(name, "").strip(), safe="") for name in FIELDS[:2]]
        basic = b64encode(":".join(pair).encode()).decode()
        form = {"grant_type": "client_credentials"}
        given = await self._request("POST", "/oauth2/token", {"authorization": f"Basic {basic}"}, form=form)
        token = given.get("access_token")
        if not isinstance(token, str) or not token:
            raise BadCredentials("X gives this app no token", field="consumer_key", code="no_bearer")
        return token

    async def _request(self, method: str, path: str, headers: Mapping[str, str], **body: Any) -> Json:
        hidden = (*secrets(self._creds), self._token)
        try:
            answer = await self._http.request(method, f"{base(self._creds)}{path}", headers=headers, **body)
        except HttpError as error:
            found = unanswered(error, hidden)
            raise _again(found) if isinstance(found, Unknown) else found from None
        try:
            return errors.result_of(answer, hidden)
        except BadCredentials as error:
            raise BadCredentials(error.words, field="consumer_secret", code=error.code) from None
        except Unknown as error:
            raise _again(error) from None


def _again(error: Unknown) -> Unreachable:
    return Unreachable(error.words, code=error.code)


def authorization(method: str, url: str, creds: Credentials) -> str:
    """As `call` signs. Raises BadCredentials for values that cannot be X's."""
    return _signed(method, url, creds)


def base(creds: Credentials) -> str:
    return (creds.get("base_url") or API).strip().rstrip("/")


def secrets(creds: Credentials) -> Sequence[str]:
    return [creds[name].strip() for name in FIELDS if creds.get(name, "").strip()]


def _signed(method: str, url: str, creds: Credentials) -> str:
    for name in FIELDS:
        if not re.fullmatch(KEY, creds.get(name, "")):
            raise BadCredentials("this is not what X gives out", field=name, code="no_token")
    try:
        return oauth.header(method, url, creds)
    except ValueError:
        raise BadCredentials("this is not the address of a server", field="base_url", code="no_url") from None

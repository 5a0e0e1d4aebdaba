"""The service account with which Google is called, and its access tokens (RFC 7523, RS256)."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from hashlib import sha256

import jwt

from apps.core.http import Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, SendError, Unknown, Unreachable
from apps.platforms.shared.answers import stranger, unanswered
from apps.platforms.shared.tokens import Token, TokenCache

BASE_URL = "https://rcsbusinessmessaging.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"
SCOPE = "https://www.googleapis.com/auth/rcsbusinessmessaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIVES = 3600  # seconds: the longest that Google takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`base` is where the API is, `token_url` where tokens come from. Its repr shows no key."""

    email: str
    key: str = field(repr=False)
    base: str
    token_url: str

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.key,)

    @property
    def name(self) -> str:
        """Under which its token is kept: another key is another account."""
        return sha256(f"{self.base}\n{self.email}\n{self.key}".encode()).hexdigest()


def account(creds: Credentials) -> Account:
    """Raises BadCredentials for what is no key of a service account. The `token_uri` in the key is not
    followed: it would be an address that a tenant makes us call with a signature."""
    try:
        given = json.loads(creds.get("service_account", "") or "null")
        email, key = given["client_email"], given["private_key"]
    except (ValueError, RecursionError, LookupError, TypeError):
        email = key = None
    if not isinstance(email, str) or not isinstance(key, str):
        raise BadCredentials("this is not the JSON key of a service account", field="service_account")
    own = (creds.get("base_url") or "").strip().rstrip("/")
    token_url = f"{own}/token" if own else TOKEN_URL
    return Account(email=email, key=key, base=own or BASE_URL, token_url=token_url)


class Tokens:
    """Access tokens by account, kept in this process."""

    def __init__(self) -> None:
        self._cache = TokenCache()

    async def get(self, ours: Account, http: Http) -> str:
        """A live token. Raises SendError; nothing of a message was sent then."""

        async def fetch() -> Token:
            return await _fetch(ours, http)

        return await self._cache.get(ours.name, fetch)

    def forget(self, ours: Account, token: str) -> None:
        self._cache.forget(ours.name, token)


async def _fetch(ours: Account, http: Http) -> Token:
    form = {"grant_type": GRANT, "assertion": _assertion(ours, time.time())}
    try:
        answer = await http.request("POST", ours.token_url, form=form)
    except HttpError as error:
        raise _certainly(unanswered(error, ours.secrets)) from None
    data = answer.json()
    if answer.status in (400, 401) and isinstance(data, dict) and isinstance(data.get("error"), str):
        words = str(data.get("error_description") or data["error"])
        raise BadCredentials(words, field="service_account", code=data["error"][:60])
    token = data.get("access_token") if isinstance(data, dict) and answer.status == 200 else None
    if not isinstance(token, str) or not token or not isinstance(data, dict):
        raise _certainly(stranger(answer, "Google"))
    lives = data.get("expires_in")
    return Token(token, float(lives) if isinstance(lives, int) and not isinstance(lives, bool) else LIVES)


def _assertion(ours: Account, now: float) -> str:
    claims = {"iss": ours.email, "scope": SCOPE, "aud": ours.token_url}
    try:
        return jwt.encode({**claims, "iat": int(now), "exp": int(now) + LIVES}, ours.key, algorithm="RS256")
    except (jwt.PyJWTError, ValueError, TypeError):
        raise BadCredentials("the private key cannot be read", field="service_account") from None


def _certainly(error: SendError) -> SendError:
    """Asking for a token sends nothing, so nothing is in doubt."""
    return Unreachable(error.words, code=error.code) if isinstance(error, Unknown) else error

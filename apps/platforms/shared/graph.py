"""Meta's Graph API as Messenger, Instagram and WhatsApp share it: proofs of a webhook, calls, files.

The token goes in the Authorization header, never into an address, and to no host but Meta's (or the
`base_url` that an operator allowed). What an error means is in graph_errors.py.
"""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

from apps.core.http import WALL_SECONDS, FilePart, Http, HttpError, Response
from apps.platforms.base import (
    NOT_ALLOWED,
    Answer,
    BadCredentials,
    Inbound,
    Rejected,
    SendError,
    Unknown,
    Unreachable,
)
from apps.platforms.shared import answers, graph_errors, servers, signatures

FACEBOOK = "https://graph.facebook.com"
INSTAGRAM = "https://graph.instagram.com"
VERSION = "v26.0"  # appended to a base URL that names none
UPLOAD_SECONDS = 120.0
WEBHOOK_BYTES = 3 * 1024 * 1024  # documented for WhatsApp; the others gather up to a thousand updates
# Not documented: the hosts on which files lie, beside the Graph hosts themselves.
MEDIA_HOSTS = ("fbcdn.net", "fbsbx.com", "cdninstagram.com", "facebook.com", "instagram.com", "whatsapp.net")
EXPIRED = "expired"  # code of a Rejected: the file may be there, its address is not any more
SECONDS_UNTIL = 10**11  # a time stamp below is in seconds, above in milliseconds: both have been seen

_TOKEN = re.compile(r"[!-~]+")
_VERSION = re.compile(r"/v\d+\.\d+$")
_CHALLENGE = re.compile(r"[!-~]{1,256}")

BASE_URL = servers.base_url(
    "Graph API server",
    help="Only to pin a version or to use another server; https://graph.facebook.com when left empty.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """With whom the Graph API is called. `base_url` "" is `host`; `app_secret` "" sends no proof of it;
    `token_field` is the credential that an error about the token blames."""

    token: str
    app_secret: str = ""
    base_url: str = ""
    host: str = FACEBOOK
    token_field: str = "token"
    errors: graph_errors.Table = field(default_factory=lambda: graph_errors.COMMON)

    @property
    def base(self) -> str:
        """Where the nodes are, with the version."""
        given = (self.base_url or self.host).strip().rstrip("/")
        return given if _VERSION.search(given) else f"{given}/{VERSION}"

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.token.strip(), self.app_secret)

    @property
    def headers(self) -> dict[str, str]:
        """Raises BadCredentials for a token that cannot be one."""
        token = self.token.strip()
        if not _TOKEN.fullmatch(token):
            raise BadCredentials("this is not an access token", field=self.token_field, code="no_token")
        return {"authorization": f"Bearer {token}"}


# Webhooks ---------------------------------------------------------------------------------------------


def verify(request: Inbound, app_secret: str) -> None:
    """Raise BadSignature unless Meta signed the raw bytes with the app's secret. SHA-1 is not accepted."""
    signatures.check(
        request.headers.get("x-hub-signature-256", ""), app_secret, request.body, prefix="sha256="
    )


def handshake(request: Inbound, verify_token: str) -> Answer | None:
    """The challenge for a GET that knows `verify_token`, None otherwise (`verify` then refuses it)."""
    challenge = request.query.get("hub.challenge", "")
    if request.method != "GET" or request.query.get("hub.mode") != "subscribe":
        return None
    known = signatures.same(request.query.get("hub.verify_token", ""), verify_token)
    return Answer(body=challenge) if known and _CHALLENGE.fullmatch(challenge) else None


def dedup_key(request: Inbound) -> str:
    """Meta numbers no requests: a repetition has the same bytes. Every event has its own id besides."""
    return f"sha256:{sha256(request.body).hexdigest()}"


def when(stamp: Any) -> datetime:
    """A time stamp of Meta's, in seconds or milliseconds, number or digits. Raises ValueError."""
    number = int(stamp)
    return datetime.fromtimestamp(number / 1000 if number >= SECONDS_UNTIL else number, UTC)


# Calls ------------------------------------------------------------------------------------------------


async def call(
    method: str,
    path: str,
    account: Account,
    http: Http,
    *,
    json: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    files: Sequence[FilePart] = (),
) -> dict[str, Any]:
    """The object that one call answers with. `path` is below the version; `form` and `files` make it
    multipart. Raises SendError and nothing else."""
    try:
        answer = await http.request(
            method,
            _address(path, account, query or {}),
            headers=account.headers,
            json=json,
            form=form,
            files=files,
            timeout=UPLOAD_SECONDS if files else WALL_SECONDS,
        )
    except HttpError as error:
        raise answers.unanswered(error, account.secrets) from None
    except FileNotFoundError:
        raise Rejected("the file is no longer on our disk", code="file_missing") from None
    return result_of(answer, account)


async def ask(
    path: str, account: Account, http: Http, *, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """`call` with GET: nothing can be in doubt, so what would be Unknown is Unreachable."""
    return await certainly(call("GET", path, account, http, query=query))


async def certainly(asked: Any) -> dict[str, Any]:
    """What a call answers that may be made again: an Unknown outcome of it is Unreachable."""
    try:
        found: dict[str, Any] = await asked
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None
    return found


def result_of(answer: Response, account: Account) -> dict[str, Any]:
    """The object in an answer. Raises a SendError without the account's secrets in its words."""
    data = answer.json()
    if isinstance(data, dict) and isinstance(data.get("error"), dict):
        raise graph_errors.refusal(
            data["error"],
            answer,
            table=account.errors,
            token_field=account.token_field,
            secrets=account.secrets,
        )
    if not isinstance(data, dict) or answer.status >= 300:
        raise answers.stranger(answer, "the Graph API")
    return data


def _address(path: str, account: Account, query: Mapping[str, str]) -> str:
    """Not documented for every product: apps that demand `appsecret_proof` take it with each call."""
    asked = dict(query)
    if account.app_secret:
        asked["appsecret_proof"] = signatures.sign(account.app_secret, account.token.strip().encode())
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in asked.items())
    return f"{account.base}/{quote(path)}" + (f"?{pairs}" if pairs else "")


# Files ------------------------------------------------------------------------------------------------


def is_metas(url: str, account: Account) -> bool:
    """Whether an address is Meta's, so that it may be called with the token: https and one of the hosts, or
    the server of the account's own base_url."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if account.base_url and _origin(url) == _origin(account.base_url):
            return True
    except ValueError:
        return False
    return parts.scheme == "https" and any(
        host == known or host.endswith(f".{known}") for known in MEDIA_HOSTS
    )


async def fetch(
    url: str, account: Account, http: Http, sink: BinaryIO, *, mime: str = "", with_token: bool = False
) -> str:
    """Write the file at `url` into `sink`; its MIME type, `mime` when the server names none.

    Nothing but Meta's hosts is called. Raises SendError; a link that has died is Rejected("expired").
    """
    if not is_metas(url, account):
        raise Rejected("this file does not lie with Meta", code=NOT_ALLOWED)
    try:
        answer = await http.fetch(url, sink, headers=account.headers if with_token else None)
    except HttpError as error:
        raise answers.unfetched(error, account.secrets) from None
    if answer.status >= 300:
        raise _unfetchable(answer)
    return answer.headers.get("content-type", "").partition(";")[0].strip() or mime


def _unfetchable(answer: Response) -> SendError:
    if answer.status in (400, 401, 403, 404, 410):
        return Rejected("the link to this file has died", code=EXPIRED)
    found = answers.stranger(answer, "Meta's file server")
    return Unreachable(found.words, code=found.code) if isinstance(found, Unknown) else found


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def as_form(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a multipart call: objects as JSON, as the Graph API reads them."""
    return {
        name: value if isinstance(value, str) else jsonlib.dumps(value) for name, value in parameters.items()
    }

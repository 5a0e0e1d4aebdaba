"""Fetching what a customer sent."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote, urlsplit

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import (
    NOT_ALLOWED,
    Credentials,
    Rejected,
    SendError,
    Unknown,
    Unreachable,
)
from apps.platforms.events import MediaRef
from apps.platforms.shared.answers import stranger, unfetched
from apps.platforms.x_dm import calls

HOSTS = ("twimg.com", "x.com", "twitter.com")  # where X keeps films; not documented


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Write the file into `sink` and return its type. Raises SendError and nothing else."""
    url, headers = _place(media, creds)
    try:
        answer = await http.fetch(url, sink, headers=headers)
    except HttpError as error:
        raise unfetched(error, calls.secrets(creds)) from None
    if answer.status >= 300:
        raise _missing(answer)
    return answer.headers.get("content-type", "").partition(";")[0].strip() or media.mime


def _place(media: MediaRef, creds: Credentials) -> tuple[str, dict[str, str]]:
    """Pictures lie behind the API and are asked for in the account's name; films have an address."""
    if "message" in media.locator:
        names = (str(media.locator[name]) for name in ("message", "media", "resource"))
        path = "/".join(quote(name, safe="") for name in names)
        url = f"{calls.base(creds)}/2/dm_conversations/media/{path}"
        return url, {"authorization": calls.authorization("GET", url, creds)}
    url = str(media.locator["url"])
    if not _is_x(url, creds):
        raise Rejected("this file does not lie with X", code=NOT_ALLOWED)
    return url, {}


def _is_x(url: str, creds: Credentials) -> bool:
    try:
        parts, own = urlsplit(url), urlsplit(creds.get("base_url", ""))
        if own.netloc and (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
            return True
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in HOSTS)


def _missing(answer: Response) -> SendError:
    if answer.status in (400, 401, 403, 404, 410):
        return Rejected("X no longer has this file", code=str(answer.status))
    found = stranger(answer, "X")
    return Unreachable(found.words, code=found.code) if isinstance(found, Unknown) else found

"""Fetching what a customer sent. The bot's token opens every file of the workspace, so it goes to Slack's
servers only."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import urlsplit

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import BadCredentials, Credentials, Rejected, SendError
from apps.platforms.events import MediaRef
from apps.platforms.shared.answers import certain, stranger, unfetched
from apps.platforms.slack import api

HOSTS = ".slack.com"  # and the host of the base URL, for a server elsewhere


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Write the file into `sink`; its type as Slack says it. Raises SendError; an outcome cannot be in doubt.

    Who may not read files is led to a page for signing in, which answers 200 and HTML.
    """
    headers = {"authorization": f"Bearer {api.token(creds)}"}
    url = str(media.locator.get("url") or "") or await _url(media, creds, http)
    if not _is_slack(url, creds):
        raise Rejected("the file does not lie with Slack", code="foreign_file")
    try:
        answer = await http.fetch(url, sink, headers=headers)
    except HttpError as error:
        raise unfetched(error, api.secrets(creds)) from None
    if answer.status >= 300:
        raise _missing(answer)
    mime = answer.headers.get("content-type", "").partition(";")[0].strip()
    if mime == "text/html" and media.mime != mime:
        words = "the token may not read files (files:read)"
        raise BadCredentials(words, field="token", code="login_page")
    return media.mime or mime


async def _url(media: MediaRef, creds: Credentials, http: Http) -> str:
    """Of a file in a shared channel, of which the event told the id only."""
    told = await api.certainly("files.info", creds, http, {"file": str(media.locator.get("id", ""))})
    file = told.get("file")
    url = file.get("url_private_download") or file.get("url_private") if isinstance(file, dict) else None
    if not isinstance(url, str):
        raise Rejected("Slack has no address for this file", code="no_url")
    return url


def _is_slack(url: str, creds: Credentials) -> bool:
    try:
        parts, ours = urlsplit(url), urlsplit(api.base(creds))
        if creds.get("base_url", "").strip():
            return (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
    except ValueError:
        return False
    return parts.scheme == "https" and (parts.hostname or "").endswith(HOSTS)


def _missing(answer: Response) -> SendError:
    if answer.status in (404, 410):
        return Rejected("Slack no longer has this file", code=str(answer.status))
    return certain(stranger(answer, "Slack's file server"))

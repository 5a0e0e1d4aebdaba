"""Fetching what a customer sent: pictures with our token, from Microsoft only; files without."""

from __future__ import annotations

from typing import BinaryIO

from apps.core.http import Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, Rejected
from apps.platforms.events import MediaRef
from apps.platforms.shared.answers import certain, stranger, unfetched
from apps.platforms.teams import calls, places


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Write the file into `sink`; its type as the server says it. Raises SendError; an outcome cannot be in
    doubt."""
    calls.account(creds)
    url, head = str(media.locator.get("open") or ""), {}
    if not url:
        url = str(media.locator.get("url") or "")
        if not places.is_service(url, creds):
            raise Rejected("the file does not lie with Teams", code="foreign_file")
        head = {"authorization": f"Bearer {await calls.token(creds, http)}"}
    try:
        answer = await http.fetch(url, sink, headers=head)
    except HttpError as error:
        raise unfetched(error, (calls.secret(creds), *head.values())) from None
    if answer.status == 401 and head:
        raise BadCredentials("Teams refuses the token for this file", field="app_secret", code="401")
    if answer.status in (401, 403, 404, 410):
        raise Rejected("the link to this file has died", code="expired")
    if answer.status >= 300:
        raise certain(stranger(answer, "the file server"))
    return media.mime or answer.headers.get("content-type", "").partition(";")[0].strip()

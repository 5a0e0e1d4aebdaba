"""Fetching what a customer sent: it lies with LINE for a while that is not documented, so at once."""

from __future__ import annotations

from typing import BinaryIO
from urllib.parse import quote

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import Credentials, Rejected, SendError, Unknown, Unreachable
from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.line import calls
from apps.platforms.shared.answers import stranger, unfetched

STICKERS = "https://stickershop.line-scdn.net/stickershop/v1/sticker"  # not documented
PREPARING = 202  # not documented for certain: the content is not ready yet


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Write the file into `sink` and return its type. A film that is still being prepared is Unreachable:
    it can be had in a moment. Raises SendError and nothing else."""
    headers = calls.head(creds)
    if "message" in media.locator:
        url = await _content(media, creds, http)
    else:
        url, headers = _elsewhere(media, creds), {}
    try:
        answer = await http.fetch(url, sink, headers=headers)
    except HttpError as error:
        raise unfetched(error, calls.secrets(creds)) from None
    if answer.status >= 300 or answer.status == PREPARING:
        raise _missing(answer)
    return answer.headers.get("content-type", "").partition(";")[0].strip() or media.mime


async def _content(media: MediaRef, creds: Credentials, http: Http) -> str:
    """Where a message's content is, once LINE has prepared it."""
    path = f"/v2/bot/message/{quote(str(media.locator['message']), safe='')}/content"
    files = {**creds, "base_url": calls.base(creds, files=True)}
    if media.kind in (MediaKind.VIDEO, MediaKind.VOICE, MediaKind.AUDIO):
        status = (await calls.ask(f"{path}/transcoding", files, http)).get("status")
        if status == "failed":
            raise Rejected("LINE could not prepare this file", code="transcoding_failed")
        if status != "succeeded":
            raise Unreachable("LINE is still preparing this file", code="transcoding")
    return f"{files['base_url']}{path}"


def _elsewhere(media: MediaRef, creds: Credentials) -> str:
    if "sticker" not in media.locator:
        return str(media.locator["url"])
    number = quote(str(media.locator["sticker"]), safe="")
    shop = f"{calls.base(creds)}/stickershop/v1/sticker" if creds.get("base_url") else STICKERS
    return f"{shop}/{number}/android/sticker.png"


def _missing(answer: Response) -> SendError:
    if answer.status == PREPARING:
        return Unreachable("LINE is still preparing this file", code="202")
    if answer.status in (401, 403, 404, 410):
        return Rejected("LINE no longer has this file", code=str(answer.status))
    found = stranger(answer, "LINE")
    return Unreachable(found.words, code=found.code) if isinstance(found, Unknown) else found

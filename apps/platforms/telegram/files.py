"""Files: how ours are sent, and fetching what a customer sent.

The address of a customer's file holds the token, so it never leaves this module.
"""

from __future__ import annotations

from typing import BinaryIO

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import Credentials, MediaFile, Rejected, SendError, Unknown, Unreachable
from apps.platforms.events import MediaRef
from apps.platforms.file_limits import FileLimits, Shown, shown_as
from apps.platforms.shared.answers import unfetched
from apps.platforms.telegram import calls, errors

PHOTO_TYPES, PHOTO_BYTES = ("image/jpeg", "image/png", "image/webp"), 10 * 1024 * 1024
SONGS = ("audio/mpeg", "audio/mp4", "audio/x-m4a")

# What Telegram shows as such, by the name of the method and of its field; everything else goes as a document.
# No sendSticker and no sendVideoNote: they take no caption, and the words would be lost.
PHOTO = Shown(kinds=("image",), types=PHOTO_TYPES, name="photo", most=PHOTO_BYTES)
FILM = Shown(kinds=("video",), types=("video/mp4",), name="video")
LIMITS = FileLimits(
    shown=(
        PHOTO,
        Shown(kinds=("image",), types=("image/gif",), name="animation"),
        Shown(kinds=("voice",), types=("audio/ogg", *SONGS), name="voice"),
        Shown(kinds=("audio",), types=SONGS, name="audio"),
        FILM,
    )
)


def method_for(media: MediaFile) -> tuple[str, str]:
    """The method and the name of its file field."""
    shown = shown_as(media, LIMITS.shown)
    field = shown.name if shown else "document"
    return f"send{field.capitalize()}", field


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Write the file into `sink`; the type is the message's, since the file server calls everything bytes.

    Over 20 MB Telegram's own servers refuse with "file is too big" (Rejected). Raises SendError only; an
    outcome cannot be in doubt, so what a sending would call Unknown is Unreachable here.
    """
    try:
        path = await _path(media, creds, http)
        answer = await http.fetch(calls.file_address(creds, path), sink)
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None
    except HttpError as error:
        raise unfetched(error, calls.secrets(creds)) from None
    if answer.status >= 300:
        raise _missing(answer)
    return media.mime or answer.headers.get("content-type", "").partition(";")[0].strip()


async def _path(media: MediaRef, creds: Credentials, http: Http) -> str:
    file = await calls.call("getFile", creds, http, json={"file_id": media.locator["file_id"]})
    path = file.get("file_path") if isinstance(file, dict) else None
    if not isinstance(path, str) or not path:
        raise Unknown("the answer names no file")
    if path.startswith("/"):
        raise Rejected(
            "the Bot API server runs with --local and keeps its files to itself", code="local_file"
        )
    return path


def _missing(answer: Response) -> SendError:
    refusal = errors.not_the_bot_api(answer)
    if isinstance(refusal, Unknown):
        return Unreachable(refusal.words, code=refusal.code)
    if answer.status in (401, 404):
        return Rejected("Telegram no longer has this file", code=str(answer.status))
    return refusal

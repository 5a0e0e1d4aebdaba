"""Files: how ours are sent, and fetching what a customer sent.

The address of a customer's file holds the token, so it never leaves this module.
"""

from __future__ import annotations

from typing import BinaryIO

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import Credentials, MediaFile, Rejected, SendError, Unknown, Unreachable
from apps.platforms.events import MediaRef
from apps.platforms.shared.answers import unfetched
from apps.platforms.telegram import calls, errors

PHOTO_BYTES = 10 * 1024 * 1024

# (kind of media, types that Telegram shows as such, method, field); everything else goes as a document.
# No sendSticker and no sendVideoNote: they take no caption, and the words would be lost.
METHODS = (
    ("image", ("image/jpeg", "image/png", "image/webp"), "sendPhoto", "photo"),
    ("image", ("image/gif",), "sendAnimation", "animation"),
    ("voice", ("audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a"), "sendVoice", "voice"),
    ("audio", ("audio/mpeg", "audio/mp4", "audio/x-m4a"), "sendAudio", "audio"),
    ("video", ("video/mp4",), "sendVideo", "video"),
)


def method_for(media: MediaFile) -> tuple[str, str]:
    """The method and the name of its file field; a photo over 10 MB is only taken as a document."""
    for kind, types, method, field in METHODS:
        if media.kind == kind and media.mime in types:
            too_large = method == "sendPhoto" and media.size > PHOTO_BYTES
            return ("sendDocument", "document") if too_large else (method, field)
    return "sendDocument", "document"


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

"""Files to X: a picture in one piece, films and animations in several, which X then prepares.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked. How long preparing takes nobody knows, and
nobody sees a file before it is sent. So a try that finds a film not ready asks to be made again, and the next
one looks what became of the film instead of uploading it once more.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from apps.core.http import FilePart, Http
from apps.platforms.base import Credentials, MediaFile, Rejected, Throttled, Unreachable
from apps.platforms.file_limits import FileLimits, Others, Shown, shown_as
from apps.platforms.x_dm import calls

MB = 1024 * 1024
PIECE = 4 * MB  # X takes five
WAIT, LONGEST_WAIT = 5.0, 60.0  # seconds until we look again, where X names none
REMEMBERED = 1000  # files that this process has uploaded and not sent


@dataclass(frozen=True, slots=True)
class Category:
    """What X calls a kind of file in direct messages, and how large it may be (not documented for them)."""

    name: str
    most: int
    in_pieces: bool


PICTURE = Category("dm_image", 5 * MB, in_pieces=False)
CATEGORIES = {
    "image/jpeg": PICTURE,
    "image/png": PICTURE,
    "image/webp": PICTURE,
    "image/gif": Category("dm_gif", 15 * MB, in_pieces=True),
    "video/mp4": Category("dm_video", 512 * MB, in_pieces=True),
}
FILE_LIMITS = FileLimits(
    shown=tuple(Shown(types=(mime,), most=each.most) for mime, each in CATEGORIES.items()),
    others=Others.LINK,
)

_begun: OrderedDict[UUID, str] = OrderedDict()  # X's number of the file in a message of ours, by our id


def category(media: MediaFile) -> Category | None:
    """None for what X has no message for: of that the customer gets the link."""
    return CATEGORIES[media.mime] if shown_as(media, FILE_LIMITS.shown) else None


async def upload(media: MediaFile, ours: UUID, creds: Credentials, http: Http) -> str:
    """The id under which X keeps the file of our message `ours` for a day. Raises SendError: Throttled for
    this customer alone while X prepares it."""
    kind = CATEGORIES[media.mime]
    if not kind.in_pieces:
        return await _whole(media, kind, creds, http)
    known = _begun.get(ours)
    told = await (_look(ours, known, creds, http) if known else _pieces(media, kind, ours, creds, http))
    _ready(ours, told)
    return _id(told)


async def _whole(media: MediaFile, kind: Category, creds: Credentials, http: Http) -> str:
    form = {"media_category": kind.name, "media_type": media.mime}
    return _id(await calls.upload("", _part(media), form, creds, http))


async def _pieces(
    media: MediaFile, kind: Category, ours: UUID, creds: Credentials, http: Http
) -> dict[str, Any]:
    """Say what comes, send it piece by piece, say that it was all."""
    about = {"media_type": media.mime, "media_category": kind.name, "total_bytes": media.size}
    begun = calls.call("POST", "/2/media/upload/initialize", creds, http, json=about)
    number = _id(await calls.certainly(begun))
    path = f"/{quote(number, safe='')}"
    for index, offset in enumerate(range(0, media.size, PIECE)):
        part = _part(media, offset=offset, length=PIECE)
        await calls.upload(f"{path}/append", part, {"segment_index": str(index)}, creds, http)
    ended = calls.call("POST", f"/2/media/upload{path}/finalize", creds, http)
    told = await calls.certainly(ended)
    _remember(ours, number)
    return told


async def _look(ours: UUID, number: str, creds: Credentials, http: Http) -> dict[str, Any]:
    path = f"/2/media/upload?command=STATUS&media_id={quote(number, safe='')}"
    try:
        return await calls.certainly(calls.call("GET", path, creds, http))
    except Rejected:  # X no longer has it
        _begun.pop(ours, None)
        raise Unreachable("X lost the file: it is uploaded anew", code="media_lost") from None


def _ready(ours: UUID, told: dict[str, Any]) -> None:
    """Return when the file may be sent. Raises Throttled while it may not, Rejected when it never will."""
    data = told.get("data")
    info = data.get("processing_info") if isinstance(data, dict) else None
    state = info.get("state") if isinstance(info, dict) else "succeeded"
    if state in ("pending", "in_progress") and isinstance(info, dict):
        wait = _seconds(info.get("check_after_secs"))
        raise Throttled("X prepares the file", retry_after=wait, code="preparing", only_this_address=True)
    if state != "succeeded":
        _begun.pop(ours, None)
        raise Rejected("X cannot show this file", code="media_failed")


def _remember(ours: UUID, number: str) -> None:
    _begun[ours] = number
    while len(_begun) > REMEMBERED:
        _begun.popitem(last=False)


def _part(media: MediaFile, *, offset: int = 0, length: int = 0) -> FilePart:
    return FilePart(
        field="media", name=media.name, mime=media.mime, path=media.path, offset=offset, length=length
    )


def _seconds(given: object) -> float:
    if isinstance(given, int | float) and not isinstance(given, bool) and given > 0:
        return min(float(given), LONGEST_WAIT)
    return WAIT


def _id(told: dict[str, Any]) -> str:
    data = told.get("data")
    found = data.get("id") if isinstance(data, dict) else None
    if not isinstance(found, str) or not found:
        raise Unreachable("X names no id for the file", code="no_media_id")
    return found

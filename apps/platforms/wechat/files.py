"""Files: uploaded before the message that shows them, fetched by their id."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from apps.core.http import FilePart, Http, HttpError
from apps.platforms.base import BadCredentials, Credentials, MediaFile, Rejected, Unreachable
from apps.platforms.events import MediaRef
from apps.platforms.file_limits import FileLimits, Others, Shown
from apps.platforms.shared.answers import stranger, unfetched
from apps.platforms.wechat import calls, errors

MB = 1024 * 1024
PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/bmp")
# How large they may be is not documented for certain. WeChat has no message for anything else.
LIMITS = FileLimits(
    shown=(
        Shown(kinds=("image",), types=PICTURE_TYPES, name="image", most=10 * MB),
        Shown(kinds=("voice", "audio"), types=("audio/amr", "audio/mpeg"), name="voice", most=2 * MB),
        Shown(kinds=("video",), types=("video/mp4",), name="video", most=10 * MB),
    ),
    others=Others.REFUSED,
)
MOST = max(each.most for each in LIMITS.shown)
ERROR_BYTES = 64 * 1024


async def upload(media: MediaFile, creds: Credentials, http: Http) -> tuple[str, str]:
    """WeChat's word for the file, and its id. Raises SendError."""
    kind = kind_of(media)
    file = FilePart(field="media", name=media.name, mime=media.mime, path=media.path)
    kept = (await calls.upload(kind, [file], creds, http)).get("media_id")
    if not isinstance(kept, str) or not kept:
        raise Unreachable("the answer names no file", code="no_media_id")
    return kind, kept


def kind_of(media: MediaFile) -> str:
    """Raises Rejected for what WeChat cannot be sent."""
    taken = next((each for each in LIMITS.shown if each.typed(media)), None)
    if taken is None:
        words = f"WeChat takes pictures, AMR or MP3 sounds and MP4 films, and no {media.mime}"
        raise Rejected(words, code="unsupported_file")
    if media.size > taken.most:
        raise Rejected(f"WeChat takes {taken.most // MB} MB of such a file", code="too_large")
    return taken.name


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Write the file into `sink`; a film is answered with its address. The type is what WeChat says, unless
    that is nothing. Raises SendError."""

    async def attempt(token: str) -> str:
        url = calls.address("media/get", creds, token, media_id=str(media.locator["media_id"]))
        found, mime = await _fetch(url, creds, http, sink, token)
        if found is None:
            return mime
        address = found.get("video_url")
        if not isinstance(address, str) or not address:
            raise Unreachable("the answer holds no file", code="no_file")
        return (await _fetch(address, creds, http, sink, token))[1]

    mime = await calls.with_token(creds, http, attempt)
    return mime if "/" in mime and mime not in ("text/plain", "application/octet-stream") else media.mime


async def _fetch(
    url: str, creds: Credentials, http: Http, sink: BinaryIO, token: str
) -> tuple[dict[str, Any] | None, str]:
    """The answer when it was JSON, else its type, with the bytes in `sink`."""
    sieve = _Sieve(sink)
    try:
        answer = await http.fetch(url, cast(BinaryIO, sieve))
    except HttpError as error:
        raise unfetched(error, calls.secrets(creds, token)) from None
    if answer.status >= 300:
        refusal = stranger(answer, "WeChat")
        missing = isinstance(refusal, BadCredentials)
        raise Rejected(refusal.words, code=refusal.code) if missing else Unreachable(refusal.words)
    if sieve.held is None:
        return None, answer.headers.get("content-type", "").partition(";")[0].strip()
    plain = type(answer)(answer.status, answer.headers, bytes(sieve.held))
    return errors.result_of(plain, calls.secrets(creds, token)), ""


class _Sieve:
    """Lets a file through and holds back JSON, which WeChat sends in a file's place under any type: no
    picture, sound or film begins with a brace."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink, self._begun = sink, False
        self.held: bytearray | None = None

    def write(self, chunk: bytes) -> int:
        if not self._begun and chunk:
            self._begun = True
            self.held = bytearray() if chunk.lstrip()[:1] == b"{" else None
        if self.held is None:
            return self._sink.write(chunk)
        self.held += chunk[: ERROR_BYTES - len(self.held)]
        return len(chunk)

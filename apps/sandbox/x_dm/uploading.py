"""POST /2/media/upload: a picture in one piece; films and animations announced, in pieces, and prepared (6.3,
docs.x.com/x-api/media/quickstart/media-upload-chunked)."""

from __future__ import annotations

from itertools import chain
from typing import Any, BinaryIO

from apps.sandbox import store
from apps.sandbox.models import SandboxAccount, SandboxFile
from apps.sandbox.x_dm.errors import invalid, not_found
from apps.sandbox.x_dm.numbers import new_id

MB = 1024 * 1024
PIECE = 5 * MB
KINDS = {
    "dm_image": (("image/jpeg", "image/png", "image/webp"), 5 * MB),
    "dm_gif": (("image/gif",), 15 * MB),
    "dm_video": (("video/mp4",), 512 * MB),
}
KEPT = 86_400  # seconds
Json = dict[str, Any]


def whole(account: SandboxAccount, form: Json, media: Any) -> Json:
    """A picture in one piece."""
    if media is None or form.get("media_category") != "dm_image":
        raise invalid("media and media_category are required")
    _check(form, media.size or 0)
    kept = store.keep(account, media, name=media.name or "photo", mime=str(form["media_type"]))
    number = new_id()
    _put(account, "media", number, kept.key)
    return _told(number)


def initialize(account: SandboxAccount, given: Json) -> Json:
    total = given.get("total_bytes")
    if not isinstance(total, int) or total < 1:
        raise invalid("total_bytes is required")
    _check(given, total)
    number = new_id()
    _put(account, "uploads", number, {"mime": given["media_type"], "total": total, "pieces": {}})
    return _told(number)


def append(account: SandboxAccount, number: str, form: Json, media: Any) -> Json:
    upload = _upload(account, number)
    index = str(form.get("segment_index", ""))
    if media is None or not index.isdigit() or (media.size or 0) > PIECE:
        raise invalid("segment_index and media of at most 5 MB are required")
    kept = store.keep(account, media, name=f"piece-{index}", mime="application/octet-stream")
    pieces = {**upload["pieces"], index: kept.key}
    _put(account, "uploads", number, {**upload, "pieces": pieces})
    return {"data": {"expires_at": KEPT}}


def finalize(account: SandboxAccount, number: str) -> Json:
    """All there? Then it is prepared, which is over when somebody asks the next time."""
    upload = _upload(account, number)
    keys = [upload["pieces"][index] for index in sorted(upload["pieces"], key=int)]
    pieces = [piece for key in keys if (piece := store.find(account, key))]
    if sum(piece.size for piece in pieces) != upload["total"]:
        raise invalid("Segments do not add up to provided total file size.")
    kept = store.keep(account, _Joined(pieces), name="media", mime=upload["mime"])
    _put(account, "uploads", number, {**upload, "key": kept.key})
    return _told(number, state="pending", check_after_secs=1)


def status(account: SandboxAccount, query: Json) -> Json:
    """Whether a film may be sent; from then on it may, unless the account is told that films fail."""
    number = str(query.get("media_id", ""))
    upload = _upload(account, number)
    if query.get("command") != "STATUS" or "key" not in upload:
        raise invalid("command")
    if account.data.get("films") == "fail":
        return _told(number, state="failed", error={"code": 1, "name": "InvalidMedia"})
    _put(account, "media", number, upload["key"])
    return _told(number, state="succeeded", progress_percent=100)


def find(account: SandboxAccount, number: str) -> SandboxFile | None:
    """A file that may be sent."""
    key = account.data.get("media", {}).get(number)
    return store.find(account, key) if key else None


class _Joined:
    """Pieces read one after the other."""

    def __init__(self, pieces: list[SandboxFile]) -> None:
        self._chunks = chain.from_iterable(_chunks(store.path_of(piece).open("rb")) for piece in pieces)

    def read(self, size: int = -1, /) -> bytes:
        return next(self._chunks, b"")


def _chunks(file: BinaryIO) -> list[bytes]:
    with file:
        return [file.read()]


def _check(given: Json, size: int) -> None:
    types, most = KINDS.get(str(given.get("media_category")), ((), 0))
    if given.get("media_type") not in types or size > most:
        raise invalid("media type unrecognized")


def _upload(account: SandboxAccount, number: str) -> Json:
    found = account.data.get("uploads", {}).get(number)
    if not isinstance(found, dict):
        raise not_found()
    return found


def _put(account: SandboxAccount, what: str, number: str, value: Any) -> None:
    account.data = {**account.data, what: {**account.data.get(what, {}), number: value}}
    account.save(update_fields=["data"])


def _told(number: str, **processing: Any) -> Json:
    about = {"id": number, "media_key": f"3_{number}", "expires_after_secs": KEPT}
    return {"data": {**about, **({"processing_info": processing} if processing else {})}}

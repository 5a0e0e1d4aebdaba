"""What a file is, by its content; the sender's word counts only where content cannot tell."""

from __future__ import annotations

from pathlib import Path

import puremagic

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp", "image/tiff"})
AUDIO = frozenset(
    {"audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/aac", "audio/flac"}
)
UNPLAYABLE = frozenset({"audio/x-caf", "audio/amr", "audio/x-aiff"})  # sounds that browsers refuse
VIDEO = frozenset({"video/mp4", "video/webm", "video/ogg", "video/quicktime"})
PLAYABLE = AUDIO | VIDEO
UNKNOWN = "application/octet-stream"

MAGIC = ((b"caff", "audio/x-caf"), (b"#!AMR", "audio/amr"))  # that puremagic does not know

_SAME = {
    "audio/aiff": "audio/x-aiff",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/mp3": "audio/mpeg",
    "application/ogg": "audio/ogg",
    "image/jpg": "image/jpeg",
    "image/x-ms-bmp": "image/bmp",
}


def mime_of(path: Path, *, claimed: str = "") -> str:
    """The MIME type by magic bytes. `claimed` only chooses between types that share a container."""
    claimed = _SAME.get(claimed.split(";")[0].strip().lower(), claimed.split(";")[0].strip().lower())
    found = {_SAME.get(mime, mime) for mime in _by_magic(path)}
    if claimed in found:
        return claimed
    if claimed in PLAYABLE and found & {_twin(claimed)}:
        return claimed
    known = [mime for mime in sorted(found) if mime in PICTURES | PLAYABLE]
    if known:
        return known[0]
    return next(iter(sorted(found)), UNKNOWN)


def kind_of(mime: str, *, hint: str = "") -> str:
    """image, audio, voice, video, sticker or file; `hint` is what the platform called it."""
    if mime in PICTURES:
        return "sticker" if hint == "sticker" else "image"
    if mime in AUDIO | UNPLAYABLE:
        return "voice" if hint == "voice" else "audio"
    if mime in VIDEO:
        return "voice" if hint == "voice" and mime in ("video/webm", "video/ogg") else "video"
    return "file"


def _by_magic(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.read(8)
    for magic, mime in MAGIC:
        if start.startswith(magic):
            return [mime]
    try:
        matches = puremagic.magic_file(str(path))
    except (puremagic.PureError, ValueError, OSError):
        return []
    best = max((match.confidence for match in matches), default=0)
    return [match.mime_type for match in matches if match.mime_type and match.confidence >= best - 0.1]


def _twin(mime: str) -> str:
    """The other name of the same container: a voice note in WebM is found as video."""
    main, sub = mime.split("/")
    return f"{'video' if main == 'audio' else 'audio'}/{sub}"

"""The files that WhatsApp shows as what they are (sizes not documented for certain); all else goes as a
document."""

from __future__ import annotations

from apps.platforms.base import MediaFile
from apps.platforms.file_limits import FileLimits, Shown, shown_as

MB = 1024 * 1024
MOST = 100 * MB
SOUNDS = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/ogg")
PICTURE = Shown(kinds=("image",), types=("image/jpeg", "image/png"), name="image", most=5 * MB)
LIMITS = FileLimits(
    shown=(
        PICTURE,
        Shown(kinds=("voice", "audio"), types=SOUNDS, name="audio", most=16 * MB),
        Shown(kinds=("video",), types=("video/mp4", "video/3gpp"), name="video", most=16 * MB),
        Shown(kinds=("sticker",), types=("image/webp",), name="sticker", most=500 * 1024),
    )
)
WITHOUT_WORDS = frozenset(("audio", "sticker"))  # take no caption


def kind_of(media: MediaFile) -> str:
    """WhatsApp's type for a file; what it would not show as such is a document."""
    shown = shown_as(media, LIMITS.shown)
    return shown.name if shown else "document"

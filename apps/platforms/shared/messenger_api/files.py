"""The files that Meta's Send API shows as what they are; any other is a file."""

from __future__ import annotations

from apps.platforms.file_limits import Shown

MB = 1024 * 1024
MOST = 25 * MB
IMAGE_BYTES = 8 * MB  # documented for Instagram only
PICTURE = Shown(
    kinds=("image", "sticker"), types=("image/jpeg", "image/png", "image/gif"), name="image", most=IMAGE_BYTES
)
SHOWN = (
    PICTURE,
    Shown(kinds=("audio", "voice"), types=("audio/*",), name="audio"),
    Shown(kinds=("video",), types=("video/*",), name="video"),
)

"""The files that LINE shows; of any other the customer gets the link."""

from __future__ import annotations

from apps.platforms.file_limits import FileLimits, Others, Shown

MB = 1024 * 1024
MOST = 200 * MB
PICTURE = Shown(types=("image/jpeg", "image/png"), name="image", most=10 * MB)
FILM = Shown(types=("video/mp4",), name="video", most=MOST)
SOUND = Shown(types=("audio/mpeg", "audio/mp4", "audio/x-m4a"), name="audio", most=MOST)
LIMITS = FileLimits(shown=(PICTURE, FILM, SOUND), others=Others.LINK)

"""The files that Viber shows; any other goes as a file."""

from __future__ import annotations

from apps.platforms.file_limits import FileLimits, Shown

MB = 1024 * 1024
MOST = 50 * MB
PICTURE = Shown(types=("image/jpeg", "image/png"), name="picture", most=1 * MB)
FILM = Shown(types=("video/mp4",), name="video", most=26 * MB)
FILM_SECONDS = 180  # a longer film goes as a file
LIMITS = FileLimits(shown=(PICTURE, FILM))
# Inside a card Viber fetches the picture by itself: how large it may be is not documented.
IN_CARD = Shown(types=PICTURE.types)

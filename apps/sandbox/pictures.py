"""Pictures that a phone takes and looks at."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

THUMB = 90  # pixels of a Telegram thumbnail's longer side
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")  # EPS would start a program


def size_of(path: Path) -> tuple[int, int] | None:
    """Width and height, None for what is no picture."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            return picture.size
    except (OSError, Image.DecompressionBombError):
        return None


def thumbnail(path: Path) -> BytesIO:
    """A small JPEG of a picture. Raises OSError for what is none."""
    with Image.open(path, formats=FORMATS) as picture:
        picture.thumbnail((THUMB, THUMB))
        out = BytesIO()
        picture.convert("RGB").save(out, "JPEG")
    out.seek(0)
    return out

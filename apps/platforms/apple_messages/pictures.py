"""Pictures inside cards: Apple takes PNG of at most 200 KB each, and less than 5 MB of them in a message."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

from apps.platforms.base import Rejected
from apps.platforms.file_limits import Shown

# Of these we make the PNG.
SHOWN = Shown(kinds=("image",), types=("image/png", "image/jpeg", "image/webp", "image/gif"))
MOST_BYTES = 200_000
MOST_TOGETHER = 3_500_000  # Base64 makes them a third longer
MAX_PIXELS = 50_000_000
SMALLEST = 16  # pixels a side
# Pixels at three to a point, as they are drawn.
ITEM, BUBBLE, LINK = (180, 180), (840, 630), (840, 630)

Edges = tuple[int, int]
NOT_A_PICTURE = (OSError, ValueError, SyntaxError, Image.DecompressionBombError)


def png(path: Path, edges: Edges, *, most: int = MOST_BYTES) -> bytes:
    """The picture as a PNG that fits into `edges` and `most` bytes: smaller, or with fewer colours. Raises
    Rejected for what is none. Works for some tenths of a second: not for an event loop's thread."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG", "WEBP", "GIF")) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ValueError("too many pixels")
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail(edges)
                return _small_enough(upright.convert("RGBA" if _has_alpha(upright) else "RGB"), most)
    except FileNotFoundError:
        raise Rejected("the picture is no longer on our disk", code="file") from None
    except NOT_A_PICTURE as error:
        raise Rejected("the picture cannot be read; send it as a file", code="picture") from error


def _has_alpha(picture: Image.Image) -> bool:
    return "A" in picture.getbands() or "transparency" in picture.info


def _small_enough(picture: Image.Image, most: int) -> bytes:
    while True:
        for candidate in (picture, picture.quantize(256, method=Image.Quantize.FASTOCTREE)):
            written = BytesIO()
            candidate.save(written, "PNG", optimize=True)
            if written.tell() <= most or max(picture.size) <= SMALLEST:
                return written.getvalue()
        picture.thumbnail((max(1, picture.width * 3 // 4), max(1, picture.height * 3 // 4)))

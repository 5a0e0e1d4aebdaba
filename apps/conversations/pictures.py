"""Pictures made safe: decoded and encoded anew, so that nothing but pixels reaches a browser."""

from __future__ import annotations

import warnings
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

EDGE = 1280  # pixels
SMALL = 480
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")


def preview(source: Path, target: Path) -> tuple[int, int] | None:
    """Write a WebP of at most EDGE pixels a side; the original's (width, height), None when it is no picture.

    Refuses what would decode to more than MAX_PIXELS before decoding it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=FORMATS) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    return None
                upright = ImageOps.exif_transpose(picture)
                upright.thumbnail((EDGE, EDGE))
                has_alpha = "A" in upright.getbands() or "transparency" in upright.info
                upright.convert("RGBA" if has_alpha else "RGB").save(target, "WEBP", quality=82)
                return width, height
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        target.unlink(missing_ok=True)
        return None


def small_jpeg(preview: Path) -> bytes:
    """A JPEG of at most SMALL pixels a side of a preview of ours, for platforms that know no WebP."""
    small = BytesIO()
    with Image.open(preview, formats=("WEBP",)) as picture:
        picture.thumbnail((SMALL, SMALL))
        picture.convert("RGB").save(small, "JPEG", quality=80)
    return small.getvalue()


@cache
def film_still() -> bytes:
    """A JPEG that stands for any film: a sign to play it. Some platforms show no film without a picture."""
    width, height, sign = SMALL, SMALL * 9 // 16, 44
    still = Image.new("RGB", (width, height), "#1f2430")
    pen, (x, y) = ImageDraw.Draw(still), (width // 2, height // 2)
    pen.ellipse((x - sign, y - sign, x + sign, y + sign), outline="#ffffff", width=4)
    pen.polygon(((x - 14, y - 22), (x - 14, y + 22), (x + 24, y)), fill="#ffffff")
    drawn = BytesIO()
    still.save(drawn, "JPEG", quality=85)
    return drawn.getvalue()

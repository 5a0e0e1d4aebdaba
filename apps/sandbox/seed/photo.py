"""A picture of a router that somebody might have taken: drawn, so that no photograph has to be kept."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

SIZE = (1200, 900)


def box_photo() -> BytesIO:
    """A JPEG of a box on a shelf, all lights out but one."""
    picture = Image.new("RGB", SIZE, "#cfc4b4")
    draw = ImageDraw.Draw(picture)
    for row in range(SIZE[1]):
        shade = 215 - row // 8
        draw.line([(0, row), (SIZE[0], row)], fill=(shade, shade - 8, shade - 22))
    draw.rectangle((0, 640, *SIZE), fill="#7a5c3e")
    draw.line([(0, 640), (SIZE[0], 640)], fill="#5d442c", width=8)
    _box(draw)
    out = BytesIO()
    picture.filter(ImageFilter.GaussianBlur(1.2)).save(out, "JPEG", quality=82)
    out.seek(0)
    return out


def _box(draw: ImageDraw.ImageDraw) -> None:
    draw.line([(430, 470), (400, 220)], fill="#2c3236", width=16)
    draw.line([(770, 470), (800, 220)], fill="#2c3236", width=16)
    draw.ellipse((330, 630, 870, 690), fill="#4b3722")
    draw.rounded_rectangle((340, 450, 860, 660), radius=40, fill="#30373b")
    draw.rounded_rectangle((360, 470, 840, 560), radius=26, fill="#3d464b")
    for number in range(5):
        left = 420 + number * 80
        draw.ellipse((left, 592, left + 22, 614), fill="#e2572b" if number == 0 else "#1f2427")

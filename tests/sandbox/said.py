"""What people send each other in several stories."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from PIL import Image

from apps.platforms.cards import Option, QuickReplies

QUICK = QuickReplies(
    id=str(uuid4()), prompt="Ça marche ?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non"))
)


def picture(colour: str = "teal") -> bytes:
    out = BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return out.getvalue()

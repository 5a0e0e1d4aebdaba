"""Files to send."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import FilePayload

WIDTH, HEIGHT = 320, 200


def photo(name: str, colour: str = "teal") -> FilePayload:
    content = io.BytesIO()
    Image.new("RGB", (WIDTH, HEIGHT), colour).save(content, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": content.getvalue()}

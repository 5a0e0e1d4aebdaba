"""The stylesheet of Message buttons, which strangers' pages load from /b.css."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from django.conf import settings

MOST_BYTES = 4096


@cache
def content() -> bytes:
    """The sheet as it is served; the same file that our own pages import."""
    return (settings.BASE_DIR / "static" / "css" / "message-button.css").read_bytes()


@cache
def etag() -> str:
    return f'"{sha256(content()).hexdigest()[:16]}"'

"""Which sites may show an entry point's panel or call its protocol from a page.

Our own origin always may. An empty list means any site over https, and any on the visitor's own machine
(for whoever builds a site); a list means exactly those. A request without Origin comes from an app or a
program: Origin is the browser's word and protects people in browsers only; the token protects the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

from apps.connections.models import EntryPoint

_LOCAL = ("http://localhost:*", "http://127.0.0.1:*")
_HTTPS = re.compile(r"https://[a-z0-9.\-\[\]:]{1,260}", re.ASCII)
_ON_THIS_MACHINE = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d{1,5})?", re.ASCII)


def own_origin() -> str:
    """Where our own pages are, from BASE_URL."""
    parts = urlsplit(settings.BASE_URL)
    return f"{parts.scheme}://{parts.netloc}".lower()


def may_call(point: EntryPoint, origin: str | None) -> bool:
    """Whether a page of `origin` (the request's header, None without one) may talk for this entry point."""
    if origin is None or origin == own_origin():
        return True
    if point.allowed_origins:
        return origin in point.allowed_origins
    return bool(_HTTPS.fullmatch(origin) or _ON_THIS_MACHINE.fullmatch(origin))


def may_frame(point: EntryPoint) -> Sequence[str]:
    """The panel's frame-ancestors."""
    return ["'self'", *(point.allowed_origins or ["https:", *_LOCAL])]

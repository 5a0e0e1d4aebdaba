"""Sites that may show the web-chat panel, as origins: scheme, host, port, nothing more."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def check_origin(text: str) -> str:
    """The origin as browsers write it: "https://shop.example". A path, a wildcard, an address without
    scheme are refused; https is expected except on localhost. Raises ValidationError."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        raise _wrong(text) from None
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host):
        raise _wrong(text)
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username is not None:
        raise _wrong(text)
    if parts.scheme == "http" and host not in ("localhost", "127.0.0.1"):
        raise ValidationError(
            _("%(site)s: only https sites are safe to chat on.") % {"site": text}, code="scheme"
        )
    named = port is not None and port != _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}:{port}" if named else f"{parts.scheme}://{host}"


def _wrong(text: str) -> ValidationError:
    words = _("%(site)s is not a site. Write it like https://shop.example, without a path.")
    return ValidationError(words % {"site": text}, code="origin")

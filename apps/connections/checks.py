"""Refuses to start with keys that protect nothing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from apps.connections.keyring import BadRing, parse_ring

EXAMPLE_WORDS = (b"example", b"change", b"insecure", b"0123456789abcdef")
FIX = "python -c 'import base64,os;print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"


@register(Tags.security)
def check_credential_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Errors for a ring that is missing or malformed, and outside DEBUG for one that anybody can guess."""
    try:
        ring = parse_ring(settings.CREDENTIAL_KEYS)
    except BadRing as error:
        return [Error(f"CREDENTIAL_KEYS: {error}.", hint=f"Make one with {FIX}", id="connections.E001")]
    if not settings.DEBUG and any(is_guessable(key) for key in ring):
        return [
            Error("CREDENTIAL_KEYS holds an example key.", hint=f"Make one with {FIX}", id="connections.E002")
        ]
    return []


def is_guessable(key: bytes) -> bool:
    """True for keys that were typed, copied from documentation or have hardly any variety."""
    return len(set(key)) < 12 or any(word in key.lower() for word in EXAMPLE_WORDS)

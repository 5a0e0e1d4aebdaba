"""Refuses to start with keys that protect nothing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from apps.connections.keyring import BadRing, parse_ring

FIX = "python -c 'import base64,os;print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"


@register(Tags.security)
def check_credential_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An error for a ring that is missing or malformed, or that anybody can guess; of the latter only a
    warning while the service is reachable from its own machine alone."""
    hint = f"Make one with {FIX}"
    try:
        ring = parse_ring(settings.CREDENTIAL_KEYS)
    except BadRing as error:
        return [Error(f"CREDENTIAL_KEYS: {error}.", hint=hint, id="connections.E001")]
    if not any(is_guessable(key) for key in ring):
        return []
    if _is_local():
        return [Warning("CREDENTIAL_KEYS holds an example key.", hint=hint, id="connections.W002")]
    return [Error("CREDENTIAL_KEYS holds an example key.", hint=hint, id="connections.E002")]


def is_guessable(key: bytes) -> bool:
    """True for a key that was typed rather than drawn: all of it readable, or hardly any variety.

    Of 32 random bytes all are printable once in 10^13 keys.
    """
    return all(32 <= byte < 127 for byte in key) or len(set(key)) < 12


def _is_local() -> bool:
    host = urlsplit(settings.BASE_URL).hostname or ""
    return host in ("localhost", "127.0.0.1", "::1")

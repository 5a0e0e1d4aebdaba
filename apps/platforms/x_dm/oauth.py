"""OAuth 1.0a (RFC 5849, HMAC-SHA1): each call is signed with the app's and the account's secrets.

X also speaks OAuth 2.0, whose tokens live for two hours and are renewed with a token that changes each time;
those of OAuth 1.0a live until somebody revokes them, so that nothing has to be written back while we send.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from apps.platforms.shared import signatures


def header(method: str, url: str, creds: Mapping[str, str], *, nonce: str = "", at: int = 0) -> str:
    """The Authorization header of one call. `url` with its query; bodies (JSON, multipart) are not signed.
    `nonce` and `at` (Unix time) are for tests."""
    given = {
        "oauth_consumer_key": creds.get("consumer_key", "").strip(),
        "oauth_nonce": nonce or secrets.token_hex(16),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(at or int(time.time())),
        "oauth_token": creds.get("access_token", "").strip(),
        "oauth_version": "1.0",
    }
    signed = {**given, "oauth_signature": _signature(method, url, given, creds)}
    return "OAuth " + ", ".join(f'{name}="{_escaped(value)}"' for name, value in sorted(signed.items()))


def _signature(method: str, url: str, given: Mapping[str, str], creds: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    pairs = [*given.items(), *parse_qsl(parts.query, keep_blank_values=True)]
    listed = "&".join(sorted(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs))
    address = f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"
    base = "&".join(_escaped(piece) for piece in (method.upper(), address, listed))
    halves = (creds.get("consumer_secret", "").strip(), creds.get("access_token_secret", "").strip())
    key = "&".join(_escaped(half) for half in halves)
    return signatures.sign(key, base.encode(), algorithm="sha1", encoding="base64")


def _escaped(value: str) -> str:
    return quote(value, safe="")

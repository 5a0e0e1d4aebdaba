"""Signatures over raw bytes, compared in constant time."""

from __future__ import annotations

import hmac
from base64 import b64encode
from typing import Literal

from apps.platforms.base import BadSignature

Encoding = Literal["hex", "base64"]


def sign(key: str, body: bytes, *, algorithm: str = "sha256", encoding: Encoding = "hex") -> str:
    """HMAC of `body` with `key` (UTF-8) in lower-case hex or in standard base64 with padding."""
    digest = hmac.digest(key.encode(), body, algorithm)
    return digest.hex() if encoding == "hex" else b64encode(digest).decode()


def check(
    given: str,
    key: str,
    body: bytes,
    *,
    algorithm: str = "sha256",
    encoding: Encoding = "hex",
    prefix: str = "",
) -> None:
    """Raise BadSignature unless `given` is `prefix` and the HMAC of `body`. An empty key accepts nothing."""
    wanted = prefix + sign(key, body, algorithm=algorithm, encoding=encoding)
    if not key or not hmac.compare_digest(given.encode(errors="replace"), wanted.encode()):
        raise BadSignature


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are equal, in constant time; an empty `wanted` equals nothing."""
    return bool(wanted) and hmac.compare_digest(given.encode(errors="replace"), wanted.encode())

"""Standard Webhooks (https://www.standardwebhooks.com), both ways: id, time and body under one secret."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping

from apps.platforms.base import BadCredentials, BadSignature, Inbound

PREFIX = "whsec_"
SECRET = rf"\s*{PREFIX}[A-Za-z0-9+/]{{32,}}={{0,2}}\s*"
OLDEST = 300.0  # seconds, either way
FEWEST_BYTES = 24


def headers(message_id: str, secret: str, body: bytes, *, now: float) -> dict[str, str]:
    """What proves that we posted `body`. Raises BadCredentials for a secret that is none."""
    stamp = str(int(now))
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{_signature(message_id, stamp, body, key_of(secret))}",
    }


def verify(request: Inbound, secret: str, *, now: float) -> None:
    """Raise BadSignature unless one of the signatures is of these bytes, made within five minutes of now."""
    message_id = request.headers.get("webhook-id", "")
    stamp = request.headers.get("webhook-timestamp", "")
    try:
        wanted = _signature(message_id, stamp, request.body, key_of(secret)).encode()
    except BadCredentials:
        raise BadSignature("there is no secret to check with") from None
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or abs(now - int(stamp)) > OLDEST:
        raise BadSignature("the time of the request is missing or too far away")
    given = _given(request.headers)
    if not message_id or not any(
        hmac.compare_digest(each.encode("utf-8", "replace"), wanted) for each in given
    ):
        raise BadSignature("the signature is missing or wrong")


def key_of(secret: str) -> bytes:
    """The bytes of a secret in its usual spelling. Raises BadCredentials."""
    try:
        key = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < FEWEST_BYTES:
        raise BadCredentials(
            "this is not a secret as Standard Webhooks wants it", field="secret", code="no_secret"
        )
    return key


def _given(headers: Mapping[str, str]) -> list[str]:
    """Several are given while a secret is replaced; versions that we do not know are left out."""
    pairs = (part.partition(",") for part in headers.get("webhook-signature", "").split()[:10])
    return [signature for version, _, signature in pairs if version == "v1"]


def _signature(message_id: str, stamp: str, body: bytes, key: bytes) -> str:
    signed = b".".join((message_id.encode("utf-8", "replace"), stamp.encode("utf-8", "replace"), body))
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()

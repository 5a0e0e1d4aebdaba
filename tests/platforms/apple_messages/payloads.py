"""Requests as Apple sends them, written from the protocol facts; nothing here uses the adapter."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from apps.platforms.base import Inbound

NOW = 1_700_000_000
AT = datetime.fromtimestamp(NOW, UTC)
BUSINESS = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"
OTHER_BUSINESS = "0b2d4f60-1122-4334-8556-778899aabbcc"
CUSTOMER = "urn:mbid:AQAAY0+v/8Kq3w=="
MESSAGE = "2f0c1d3e-4b5a-4697-8877-a1b2c3d4e5f6"
MSP = "MSP-1"
RAW_SECRET = b"0123456789abcdef0123456789abcdef"
SECRET = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
CREDS = {"business_id": BUSINESS, "msp_id": MSP, "secret": SECRET}
KEY = bytes(range(32))
BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
    "com.apple.icloud.apps.messages.business.extension"
)


def token(
    claims: dict[str, Any] | None = None, *, header: dict[str, Any] | None = None, key: bytes = RAW_SECRET
) -> str:
    """A JWT made by hand, HMAC-SHA256 whatever its header says."""
    parts = [header or {"alg": "HS256", "typ": "JWT"}, claims or {"aud": MSP, "iat": NOW}]
    signed = b".".join(b64url(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return (signed + b"." + b64url(hmac.digest(key, signed, hashlib.sha256))).decode()


def b64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def envelope(kind: str = "text", **content: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": MESSAGE,
        "type": kind,
        "sourceId": CUSTOMER,
        "destinationId": BUSINESS,
        **content,
    }


def request(payload: Any = None, *, headers: dict[str, str | None] | None = None, **changes: Any) -> Inbound:
    """A gzipped POST of `payload`; a header that is None is left out."""
    body = gzip.compress(json.dumps(payload if payload is not None else envelope(body="Hi")).encode())
    sent: dict[str, str | None] = {
        "authorization": f"Bearer {token()}",
        "content-encoding": "gzip",
        "id": MESSAGE,
        "source-id": CUSTOMER,
        "destination-id": BUSINESS,
        **(headers or {}),
    }
    about = {
        "method": "POST",
        "path": "/hooks/apple_messages/message",
        "query": {},
        "headers": {name: value for name, value in sent.items() if value is not None},
        "body": body,
    }
    return Inbound(**(about | changes))


def attachment(**changes: Any) -> dict[str, Any]:
    sha1 = "01" + "ab" * 20
    found = {
        "name": "IMG_1.HEIC",
        "mimeType": "image/heic",
        "size": 183221,
        "signature": sha1,
        "url": "https://p54-content.icloud.com/M1",
        "owner": "M1.C01USN00",
        "key": "00" + KEY.hex(),
    } | changes
    return {name: value for name, value in found.items() if value is not None}


def interactive(data: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"version": "1.0", "requestIdentifier": "R-1", **data}
    return {"bid": BID, "sessionIdentifier": "S-1", "data": known, **more}

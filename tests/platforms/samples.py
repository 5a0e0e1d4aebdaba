"""What the contract test needs to know about each platform: credentials, addresses, a file to fetch.

Every secret holds the word "canary", so that a test can look for it where it must not be.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

BUSINESS = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"


@dataclass(frozen=True, kw_only=True)
class Sample:
    sender: str
    to: str
    creds: Mapping[str, str] = field(default_factory=dict)
    locator: Mapping[str, str | int] = field(default_factory=dict)


SAMPLES = {
    "webchat": Sample(sender="k3y", to="visitor-1"),
    "apple_messages": Sample(
        sender=BUSINESS,
        to="urn:mbid:AQAAY0+v/8Kq3w==",
        creds={
            "business_id": BUSINESS,
            "msp_id": "MSP-1",
            "secret": base64.b64encode(b"canary: a secret of enough bytes").decode(),
        },
        locator={
            "url": "https://content.example/file",
            "owner": "O",
            "signature": "AAAA",
            "key": "00" * 33,
            "size": 9,
        },
    ),
    "telegram": Sample(
        sender="acme_bot",
        to="7000000001",
        creds={
            "token": "123456:AAcanary_secret-half",
            "webhook_secret": "canary-webhook",
            "username": "acme_bot",
        },
        locator={"file_id": "FILE"},
    ),
}

"""Apple Messages for Business: a JWT (HS256) and identifiers in headers, an envelope in gzip.

Apple promises nothing about a repeated message id, so this provider delivers a repetition (class N).
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import time
from collections.abc import Mapping, Sequence
from uuid import UUID

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken


class Apple:
    retry_class = "N"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        business = str(UUID(int=0xC4A05_0000_0000_0000 + number))
        return {
            "business_id": business,
            "msp_id": f"chaos-msp-{number}",
            "secret": base64.b64encode(f"chaos secret {number:032d}".encode()).decode(),
            "base_url": f"{base_url}/v1",
            "address": business,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref = str(UUID(int=customer << 64 | number))
        source, business = f"urn:mbid:chaos{customer}", account.credentials["business_id"]
        envelope = {
            "v": 1, "id": ref, "type": "text", "sourceId": source, "destinationId": business,
            "body": text, "locale": "fr_FR",
        }  # fmt: skip
        headers = {
            "Authorization": f"Bearer {_token(account.credentials)}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
            "id": ref,
            "source-id": source,
            "destination-id": business,
        }
        return Hook(ref, headers, gzip.compress(json.dumps(envelope).encode(), mtime=0))

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        if not path.endswith("/message"):
            return None
        envelope = json.loads(body)
        return Taken(envelope["body"]) if envelope["type"] == "text" else None

    def accepted(self, number: int) -> Reply:
        return Reply(200)

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        return Reply(200, {})

    def throttled(self, seconds: int) -> Reply:
        return Reply(429, headers={"Retry-After": str(seconds)})


def _token(credentials: Mapping[str, str]) -> str:
    claims = {"aud": credentials["msp_id"], "iat": int(time.time())}
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    key = base64.b64decode(credentials["secret"])
    signature = hmac.new(key, ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _base64(signature)])


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


DIALECT = Apple()

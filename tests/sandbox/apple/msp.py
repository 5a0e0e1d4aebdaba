"""The business's side of the simulated gateway, spoken by hand.

Tokens are made here with hmac alone, attachments with pycryptodome: neither is what the simulator uses.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from Crypto.Cipher import AES
from Crypto.Util import Counter
from django.test import Client
from PIL import Image

from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxPost, SandboxThread

VECTOR = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret: str, claims: dict[str, Any], *, alg: str = "HS256") -> str:
    head = b64(json.dumps({"alg": alg, "typ": "JWT"}).encode())
    body = b64(json.dumps(claims).encode())
    signed = hmac.new(base64.b64decode(secret), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{b64(signed) if alg == 'HS256' else ''}"


def ctr(key: str, data: bytes) -> bytes:
    return AES.new(bytes.fromhex(key[2:]), AES.MODE_CTR, counter=Counter.new(128, initial_value=0)).encrypt(
        data
    )


def png(size: int = 20) -> str:
    out = BytesIO()
    Image.new("RGB", (size, size), "teal").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@dataclass
class Msp:
    """The business's side, spoken by hand."""

    account: SandboxAccount
    thread: SandboxThread

    def headers(self, **more: str) -> dict[str, str]:
        bearer = token(self.account.secret, {"iss": self.account.key, "iat": int(time.time())})
        return {"authorization": f"Bearer {bearer}", "source-id": self.account.address, **more}

    def send(self, headers: dict[str, str] | None = None, **body: Any) -> tuple[int, str]:
        ref = str(uuid4())
        whole = {
            "v": 1,
            "id": ref,
            "sourceId": self.account.address,
            "destinationId": self.thread.address,
            **body,
        }
        given = {"id": ref, "destination-id": whole["destinationId"], **(headers or {})}
        answer = Client(SERVER_NAME="localhost").post(
            "/sandbox/apple/v1/message", whole, content_type="application/json", headers=self.headers(**given)
        )
        return answer.status_code, answer.content.decode()

    def shown(self) -> list[tuple[str, str]]:
        return [(m.kind, m.text) for m in SandboxMessage.objects.filter(thread=self.thread, mine=False)]


def posted() -> list[tuple[dict[str, str], dict[str, Any]]]:
    rows = SandboxPost.objects.order_by("id")
    return [(row.headers, json.loads(gzip.decompress(bytes(row.body)))) for row in rows]


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"

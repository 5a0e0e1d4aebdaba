"""Requests as Google makes them, and a key of a service account that is made for the run."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import b64encode
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from apps.platforms.base import Inbound

AGENT, CUSTOMER = "acme_agent", "+33612345678"
CLIENT_TOKEN = "the-client-token"
OURS = "01970000-0000-7000-8000-000000000001"
AT = "2026-11-22T03:00:00.123456789Z"


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def service_account(note: str = "") -> str:
    pem = key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    found = {"client_email": "bot@acme.iam.gserviceaccount.com", "private_key": pem.decode()}
    return json.dumps({**found, "private_key_id": note, "token_uri": "http://10.0.0.1/token"})


def creds() -> dict[str, str]:
    return {"agent_id": AGENT, "service_account": service_account(), "client_token": CLIENT_TOKEN}


def message(**content: Any) -> dict[str, Any]:
    about = {"senderPhoneNumber": CUSTOMER, "messageId": "Mx1", "sendTime": AT, "agentId": AGENT}
    return {**about, **content}


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {**message(messageId=OURS, eventType=kind, eventId="Ev1"), **more}


def request(data: Any, *, token: str = CLIENT_TOKEN, **headers: str) -> Inbound:
    packed = json.dumps(data).encode()
    digest = hmac.new(token.encode(), packed, hashlib.sha512).digest()
    head = {"x-goog-signature": b64encode(digest).decode(), **headers}
    envelope = {"message": {"data": b64encode(packed).decode(), "messageId": "1", "attributes": {}}}
    body = json.dumps({**envelope, "subscription": "s"}).encode()
    return Inbound(method="POST", path="/hooks/rcs/key/", query={}, headers=head, body=body)


def challenge(token: str = CLIENT_TOKEN, secret: Any = "one-time") -> Inbound:
    body = json.dumps({"clientToken": token, "secret": secret}).encode()
    return Inbound(method="POST", path="/hooks/rcs/key/", query={}, headers={}, body=body)

"""Activities as Microsoft's documentation shows them, and a Microsoft of our own that signs them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from apps.platforms.base import Inbound
from apps.platforms.teams import keys

APP = "0c1f7a52-5d0e-4b1c-9a44-6f1a2b3c4d5e"
CHAT = "a:1pL6i0oY3C0K8oAj8"
SERVICE = "https://smba.trafficmanager.net/emea/9d2e8b63-6e1f-4c2d-8b55-7a2b3c4d5e6f/"
NOW = 1_790_000_000.0
KID = "key-1"

Json = dict[str, Any]


def activity(kind: str = "message", **more: Any) -> Json:
    return {
        "type": kind,
        "id": "1485983408511",
        "timestamp": "2026-11-22T09:10:11.1234567Z",
        "channelId": "msteams",
        "serviceUrl": SERVICE,
        "from": {"id": "29:1XJKJMvc5GBtc2JwZq0oj8tHZmzrQgFmB25ATiQWA85gQtHieVkKilBZ9XHoq9j7", "name": "Ana"},
        "conversation": {"conversationType": "personal", "id": CHAT, "tenantId": "9d2e8b63"},
        "recipient": {"id": f"28:{APP}", "name": "Acme"},
        "locale": "fr-FR",
        **more,
    }


@cache
def signer(name: str = KID) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(name: str = KID, **more: Any) -> Json:
    made = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(signer(name).public_key()))
    return {**made, "kid": name, "use": "sig", "endorsements": ["msteams", "webchat"], **more}


def token(name: str = KID, *, kid: str = "", algorithm: str = "RS256", **claims: Any) -> str:
    said = {"serviceurl": SERVICE, "iss": "https://api.botframework.com", "aud": APP, "exp": 4_000_000_000}
    key: Any = signer(name) if algorithm == "RS256" else "x" * 64
    whole = {name: value for name, value in {**said, **claims}.items() if value is not None}
    return jwt.encode(whole, key, algorithm=algorithm, headers={"kid": kid or name})


def request(body: Json, *, proof: str | None = None) -> Inbound:
    head = {"authorization": f"Bearer {token() if proof is None else proof}"}
    raw = json.dumps(body).encode()
    return Inbound(method="POST", path="/hooks/teams/k/", query={}, headers=head, body=raw)


def creds(**more: str) -> dict[str, str]:
    known = keys.stored({KID: jwk()}, NOW)
    return {"app_id": APP, "app_secret": "canary-secret", "tenant_id": "T", "signing_keys": known, **more}

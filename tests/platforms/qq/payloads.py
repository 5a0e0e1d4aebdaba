"""Dispatches as QQ's documentation shows them, signed by PyNaCl: an implementation that is not ours."""

from __future__ import annotations

import json
from typing import Any

from nacl.signing import SigningKey

from apps.platforms.base import Inbound

SECRET = "DG5g3B4j9X2KOErG"  # of QQ's published example
CREDS = {"app_id": "102000001", "app_secret": SECRET}
CUSTOMER = "E4F4AEA33253A2797FB897C50B81D7ED"
MESSAGE_ID = "ROBOT1.0_YVzTU7YSOT5lDwl"
AT = "2026-11-22T10:00:00+08:00"


def key() -> SigningKey:
    seed = (SECRET * 3).encode()[:32]
    return SigningKey(seed)


def dispatch(kind: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"op": 0, "id": f"{kind}:abc", "s": 7, "t": kind, "d": data, **more}


def message(content: str = "", **more: Any) -> dict[str, Any]:
    author = {"id": CUSTOMER, "user_openid": CUSTOMER, "union_openid": CUSTOMER}
    data = {"id": MESSAGE_ID, "author": author, "content": content, "timestamp": AT, **more}
    return dispatch("C2C_MESSAGE_CREATE", data)


def happened(kind: str, **more: Any) -> dict[str, Any]:
    return dispatch(kind, {"timestamp": 1_790_000_000, "openid": CUSTOMER, **more})


def request(body: Any, *, stamp: str = "1725442341", **headers: str) -> Inbound:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = key().sign(stamp.encode() + raw).signature.hex()
    signed = {"x-signature-ed25519": signature, "x-signature-timestamp": stamp, "x-bot-appid": "102000001"}
    return Inbound(method="POST", path="/hooks/qq/k/", query={}, headers={**signed, **headers}, body=raw)

"""WeChat's XML as its documentation shows it, and requests that carry it."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import UTC, datetime
from typing import Any

from wechatpy.crypto import WeChatCrypto

from apps.platforms.base import Inbound

OURS, CUSTOMER = "gh_7f083739789a", "oKe2at1xsPQBSGzYC8mM-0P2Nn2k"
APP_ID = "wx49f0ab532d5d035a"
PLAIN = {
    "account_id": OURS,
    "app_id": APP_ID,
    "app_secret": "5b7d2e0f-secret",
    "token": "123456",
}
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
SECURE = {**PLAIN, "aes_key": AES_KEY}
AT = 1_790_000_000
WHEN = datetime.fromtimestamp(AT, UTC)


def xml(**fields: Any) -> bytes:
    about = {"ToUserName": OURS, "FromUserName": CUSTOMER, "CreateTime": AT, **fields}
    inner = "".join(
        f"<{name}>{value}</{name}>"
        if isinstance(value, int | float)
        else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in about.items()
        if value is not None
    )
    return f"<xml>{inner}</xml>".encode()


def said(kind: str, **fields: Any) -> bytes:
    return xml(MsgType=kind, **fields, MsgId=7_312_345_678_901_234_567)


def happened(event: str, **fields: Any) -> bytes:
    return xml(MsgType="event", Event=event, **fields)


def signed(*texts: str) -> str:
    return hashlib.sha1("".join(sorted(texts)).encode(), usedforsecurity=False).hexdigest()


def request(body: bytes, *, at: int = AT, **query: str) -> Inbound:
    """A plain one, with the signature that its token, time and nonce have."""
    proof = {"timestamp": str(at), "nonce": "n0nce", "signature": signed("123456", str(at), "n0nce")}
    return Inbound(method="POST", path="/hooks/wechat/k/", query={**proof, **query}, headers={}, body=body)


def sealed(body: bytes, *, at: int = AT, app_id: str = APP_ID) -> Inbound:
    """The same in secure mode, encrypted and signed by wechatpy."""
    crypto = WeChatCrypto("123456", AES_KEY, app_id)
    outer = crypto.encrypt_message(body.decode(), "n0nce", str(at))
    signature = outer.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    return request(outer.encode(), at=at, msg_signature=signature, encrypt_type="aes")


def random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()[:43]

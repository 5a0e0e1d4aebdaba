"""The passive answer: a message in the response to a request of WeChat's (4.2), in the account's mode."""

from __future__ import annotations

import base64
from xml.etree.ElementTree import ParseError

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from apps.sandbox.models import SandboxAccount, SandboxThread
from apps.sandbox.wechat import sealing

MOST_TEXT = 2048  # bytes


def words(thread: SandboxThread, body: bytes) -> str | None:
    """What the customer reads; None for what WeChat would not show. It counts as none of the answers."""
    try:
        outer = _fields(body)
        told = _opened(thread.account, outer) if "Encrypt" in outer else outer
    except (ValueError, ParseError, DefusedXmlException):
        return None
    secure = thread.account.data["mode"] == "secure"
    parties = (told.get("ToUserName"), told.get("FromUserName")) == (thread.address, thread.account.address)
    text = told.get("Content", "")
    sayable = told.get("MsgType") == "text" and 0 < len(text.encode()) <= MOST_TEXT
    good = parties and sayable and told.get("CreateTime", "").isdigit() and (told is not outer or not secure)
    return text if good else None


def _fields(body: bytes) -> dict[str, str]:
    return {child.tag: child.text or "" for child in fromstring(body, forbid_dtd=True)}


def _opened(account: SandboxAccount, outer: dict[str, str]) -> dict[str, str]:
    """Raises ValueError for what is not sealed and signed for this account."""
    covered = [outer.get(name, "") for name in ("TimeStamp", "Nonce", "Encrypt")]
    if outer.get("MsgSignature") != sealing.signature(account.data["token"], *covered):
        raise ValueError("signature")
    if account.data["mode"] == "plain":
        raise ValueError("nothing is encrypted here")
    key = base64.b64decode(f"{account.data['aes_key']}=")
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = cipher.update(base64.b64decode(outer["Encrypt"], validate=True)) + cipher.finalize()
    plain = plain[: -plain[-1]]
    size = int.from_bytes(plain[16:20])
    if plain[20 + size :] != account.key.encode():
        raise ValueError("for another app")
    return _fields(plain[20:][:size])

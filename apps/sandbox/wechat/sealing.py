"""What WeChat puts around a message: XML with CDATA, encryption by the account's mode, signatures (4.1).

In compatible mode the encrypted message stands beside the plain one.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from apps.sandbox.models import SandboxAccount

BLOCK = 32
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENCRYPT = re.compile(rb"<Encrypt><!\[CDATA\[(.*?)\]\]></Encrypt>")

Json = dict[str, Any]


def xml(fields: Json) -> str:
    """Numbers stand as they are, everything else as CDATA."""
    inner = "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inner}</xml>"


def body(account: SandboxAccount, fields: Json) -> bytes:
    """The message as the account's mode wants it: plain, compatible or secure."""
    mode = account.data["mode"]
    if mode == "plain":
        return xml(fields).encode()
    sealed = {"Encrypt": encrypt(xml(fields).encode(), account.data["aes_key"], account.key)}
    outer = fields if mode == "compatible" else {"ToUserName": fields["ToUserName"]}
    return xml({**outer, **sealed}).encode()


def encrypt(message: bytes, aes_key: str, app_id: str) -> str:
    key = base64.b64decode(f"{aes_key}=")
    plain = secrets.token_bytes(16) + len(message).to_bytes(4) + message + app_id.encode()
    missing = BLOCK - len(plain) % BLOCK
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(cipher.update(plain + bytes([missing]) * missing) + cipher.finalize()).decode()


def query(account: SandboxAccount, posted: bytes, *, timestamp: str, nonce: str) -> dict[str, str]:
    """What proves a request: in the query, with a second signature where something is encrypted."""
    token = account.data["token"]
    proof = {"signature": signature(token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}
    sealed = _ENCRYPT.search(posted)
    if sealed:
        second = signature(token, timestamp, nonce, sealed[1].decode())
        proof |= {"encrypt_type": "aes", "msg_signature": second}
    return proof


def signature(*texts: str) -> str:
    return hashlib.sha1("".join(sorted(texts)).encode(), usedforsecurity=False).hexdigest()


def _value(value: Any) -> str:
    if isinstance(value, int | float):
        return str(value)
    return "<![CDATA[" + _NOT_XML.sub("", str(value)).replace("]]>", "]]]]><![CDATA[>") + "]]>"

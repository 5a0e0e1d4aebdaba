"""Attachments on Apple's servers (1.9): AES-256-CTR from an all-zero counter, a fresh key per file."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_KEY = re.compile(r"00([0-9a-fA-F]{64})")


def new_key() -> str:
    """As it travels: "00" and 64 hex digits."""
    return "00" + secrets.token_hex(32)


def is_key(text: object) -> bool:
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def apply(key: str, data: bytes) -> bytes:
    """Encrypt or decrypt: in counter mode they are the same."""
    worker = Cipher(algorithms.AES(bytes.fromhex(key[2:])), modes.CTR(bytes(16))).encryptor()
    return worker.update(data) + worker.finalize()


def signature(data: bytes) -> bytes:
    """21 bytes: a kind byte and the SHA-1 of what is stored."""
    return b"\x01" + hashlib.sha1(data, usedforsecurity=False).digest()


def from_digest(digest: str) -> bytes:
    return b"\x01" + bytes.fromhex(digest)


def checksum(digest: str) -> str:
    """What an upload is answered with and what a message carries as "signature-base64"."""
    return base64.b64encode(from_digest(digest)).decode()

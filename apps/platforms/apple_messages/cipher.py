"""The encryption of files and large payloads: AES-256-CTR, counter from zero, a fresh key for each file.

On the wire a key is "00" and 64 hex digits, in either case; some senders leave the "00" out. There is no
authentication tag: what was changed on the way decrypts to nonsense, so callers check size and type.
"""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

KEY_BYTES = 32


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def stream(key: bytes) -> CipherContext:
    """The key stream, for encrypting as for decrypting: in CTR mode they are the same."""
    return Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()


def key_to_wire(key: bytes) -> str:
    return "00" + key.hex()


def key_from_wire(text: str) -> bytes:
    """The 32 bytes of a key; raises ValueError when the text is not one."""
    if not re.fullmatch(r"(00)?[0-9a-fA-F]{64}", text):
        raise ValueError("not a key of 64 hex digits")
    return bytes.fromhex(text[-64:])


class DecryptingSink:
    """Decrypts what is written to it into `sink`, and counts the bytes."""

    def __init__(self, sink: BinaryIO, key: bytes) -> None:
        self._sink = sink
        self._stream = stream(key)
        self.size = 0

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        return self._sink.write(self._stream.update(chunk))

"""How far a visitor has read, as a text that tells them nothing.

A tenant's log numbers count everything that happens in the business, so a visitor gets them encrypted:
one AES block under a key of the deployment and the visitor. It also cannot be altered or used by another.
"""

from __future__ import annotations

import base64
import binascii
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

BLOCK = 16
LENGTH = 22  # characters


class BadCursor(ValueError):
    """Not a cursor of this visitor: start from a fresh state."""


def write(visitor_id: UUID, seq: int) -> str:
    """The cursor for number `seq` of the log."""
    encryptor = _cipher(visitor_id).encryptor()
    block = encryptor.update(seq.to_bytes(BLOCK, "big")) + encryptor.finalize()
    return base64.urlsafe_b64encode(block).decode().rstrip("=")


def read(visitor_id: UUID, text: str) -> int:
    """The number in `text`. Raises BadCursor for another visitor's, an altered or a foreign one."""
    if len(text) != LENGTH or not text.isascii():
        raise BadCursor
    try:
        block = base64.urlsafe_b64decode(text + "==")
    except binascii.Error:
        raise BadCursor from None
    if len(block) != BLOCK:
        raise BadCursor
    decryptor = _cipher(visitor_id).decryptor()
    seq = int.from_bytes(decryptor.update(block) + decryptor.finalize(), "big")
    if seq >= 2**63:  # a wrong key gives random bits: the upper half is zero once in 2**64
        raise BadCursor
    return seq


@lru_cache(maxsize=4096)
def _cipher(visitor_id: UUID) -> Cipher[modes.ECB]:
    key = sha256(b"widget cursor\0" + visitor_id.bytes + settings.SECRET_KEY.encode()).digest()
    return Cipher(algorithms.AES256(key), modes.ECB())  # noqa: S305  (a single block, never repeated)

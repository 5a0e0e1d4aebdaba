"""WeChat's message encryption: AES-256-CBC around 16 random bytes, a length, the message and the app id.

The key is the account's EncodingAESKey: 43 characters of Base64 without its "=". The padding is PKCS#7 to 32
bytes, twice the cipher's block (as its sample code has it).
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

RANDOM, LENGTH, PADDED_TO_BITS = 16, 4, 256


def decrypt(sealed: str, *, aes_key: str, app_id: str) -> bytes:
    """The message in `sealed` (Base64). Raises ValueError for a wrong key, a broken message and one that was
    meant for another app."""
    plain = _unpadded(_deciphered(b64decode(sealed, validate=True), _key(aes_key)))
    size = int.from_bytes(plain[RANDOM : RANDOM + LENGTH])
    message, owner = plain[RANDOM + LENGTH :][:size], plain[RANDOM + LENGTH + size :]
    if len(message) != size or not compare_digest(owner, app_id.encode()):
        raise ValueError("the message is for another app")
    return message


def encrypt(message: bytes, *, aes_key: str, app_id: str) -> str:
    """The same the other way. Raises ValueError for what is no key."""
    key = _key(aes_key)
    plain = secrets.token_bytes(RANDOM) + len(message).to_bytes(LENGTH) + message + app_id.encode()
    padder = PKCS7(PADDED_TO_BITS).padder()
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    padded = padder.update(plain) + padder.finalize()
    return b64encode(cipher.update(padded) + cipher.finalize()).decode()


def _key(aes_key: str) -> bytes:
    key = b64decode(f"{aes_key}=", validate=True)
    if len(key) != 32:
        raise ValueError("the EncodingAESKey is not one")
    return key


def _deciphered(sealed: bytes, key: bytes) -> bytes:
    if not sealed or len(sealed) % 16:
        raise ValueError("not whole blocks")
    cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    return cipher.update(sealed) + cipher.finalize()


def _unpadded(padded: bytes) -> bytes:
    unpadder = PKCS7(PADDED_TO_BITS).unpadder()
    return unpadder.update(padded) + unpadder.finalize()

"""The tenants' data keys: made on first use, kept wrapped by a key of the environment's ring.

`CREDENTIAL_KEYS` lists wrapping keys, newest first, each 32 bytes in urlsafe base64. The newest wraps,
every one unwraps. A data key that is lost or deleted takes everything sealed with it along.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from apps.connections.models import TenantKey
from apps.core import tenancy

KEY_BYTES = 32
NONCE_BYTES = 12


class CredentialUnreadable(Exception):
    """A sealed value cannot be opened: moved, changed, or its key is gone. Never says what was inside."""


class BadRing(ValueError):
    """CREDENTIAL_KEYS is missing or holds something that is not a key. Never repeats the value."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """An unwrapped data key of one tenant. Its repr must not show the key."""

    version: int
    cipher: AESGCM


def current() -> DataKey:
    """The open scope's newest data key; made when there is none yet."""
    row = TenantKey.objects.order_by("-version").first() or _first()
    return unwrapped(row)


def by_version(versions: set[int]) -> dict[int, DataKey]:
    """The open scope's data keys of these versions; missing ones are left out."""
    return {row.version: unwrapped(row) for row in TenantKey.objects.filter(version__in=versions)}


def new_version() -> DataKey:
    """A further data key; what is sealed from now on uses it."""
    newest = TenantKey.objects.order_by("-version").values_list("version", flat=True).first() or 0
    return unwrapped(_create(newest + 1))


def rewrap(row: TenantKey) -> bool:
    """Wrap a data key with the newest key of the ring and save it; False when it already is."""
    newest = _ring()[0]
    if row.ring == fingerprint(newest):
        return False
    key = _unwrap(row)
    wrapped = _wrap(key, row.version)
    row.wrapped, row.ring = wrapped, fingerprint(newest)
    if _unwrap(row) != key:
        raise CredentialUnreadable("a rewrapped key does not open: nothing was changed")
    row.save(update_fields=["wrapped", "ring"])
    return True


def unwrapped(row: TenantKey) -> DataKey:
    """Raises CredentialUnreadable when no key of the ring opens it."""
    return DataKey(row.version, AESGCM(_unwrap(row)))


def fingerprint(key: bytes) -> str:
    """Names a wrapping key without revealing it."""
    return sha256(b"comptoir ring key " + key).hexdigest()[:16]


def parse_ring(values: list[str]) -> list[bytes]:
    """The ring from the environment's words. Raises BadRing; its words say what is wrong, not the value."""
    if not values:
        raise BadRing("no key is set")
    keys = [_parse(value.strip()) for value in values]
    for number, key in enumerate(keys, 1):
        if len(key) != KEY_BYTES:
            raise BadRing(f"key {number} is not {KEY_BYTES} bytes in urlsafe base64")
    return keys


def associated(*parts: bytes | str) -> bytes:
    """Unambiguous associated data: every part with its length before it."""
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in raw)


def encrypt(cipher: AESGCM, plain: bytes, context: bytes) -> bytes:
    """nonce + ciphertext + tag. Nonces are random, 96 bits."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain, context)


def decrypt(cipher: AESGCM, blob: bytes, context: bytes) -> bytes:
    """Raises CredentialUnreadable."""
    try:
        return cipher.decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], context)
    except (InvalidTag, ValueError):
        raise CredentialUnreadable("the sealed value does not belong here or was changed") from None


def _first() -> TenantKey:
    """Two first uses at once make one key: the second insert waits for the first and then does nothing."""
    row = _row(1)
    TenantKey.objects.bulk_create([row], ignore_conflicts=True)
    return TenantKey.objects.get(version=1)


def _create(version: int) -> TenantKey:
    row = _row(version)
    row.save(force_insert=True)
    return row


def _row(version: int) -> TenantKey:
    key = AESGCM.generate_key(KEY_BYTES * 8)
    return TenantKey(version=version, wrapped=_wrap(key, version), ring=fingerprint(_ring()[0]))


def _wrap(key: bytes, version: int) -> bytes:
    return encrypt(AESGCM(_ring()[0]), key, _place(version))


def _unwrap(row: TenantKey) -> bytes:
    for key in _ring():
        if fingerprint(key) == row.ring:
            return decrypt(AESGCM(key), bytes(row.wrapped), _place(row.version))
    raise CredentialUnreadable(f"the ring has no key {row.ring}: put it back into CREDENTIAL_KEYS")


def _place(version: int) -> bytes:
    return associated("tenant key", tenancy.require().bytes, str(version))


def _ring() -> list[bytes]:
    return parse_ring(settings.CREDENTIAL_KEYS)


def _parse(value: str) -> bytes:
    try:
        return urlsafe_b64decode(value.encode())
    except (NotBase64, ValueError):
        return b""

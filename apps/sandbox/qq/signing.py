"""The key that QQ and the business make from the bot's secret, and what it signs."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SEED = 32


def signature(secret: str, signed: bytes) -> str:
    seed = secret.encode()
    while len(seed) < SEED:
        seed += seed
    return Ed25519PrivateKey.from_private_bytes(seed[:SEED]).sign(signed).hex()

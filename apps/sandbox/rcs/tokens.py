"""OAuth for service accounts: an assertion signed with the private key becomes an access token (RFC 7523)."""

from __future__ import annotations

import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from apps.sandbox.models import SandboxAccount
from apps.sandbox.rcs.errors import not_authenticated

SCOPE = "https://www.googleapis.com/auth/rcsbusinessmessaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
DOMAIN = "sandbox.iam.gserviceaccount.com"
LIVES = 3600


class Refused(Exception):
    """OAuth's words for it."""


def new_key() -> tuple[str, str]:
    """A private and a public key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def email(agent: str) -> str:
    return f"{agent}@{DOMAIN}"


def agent_of(assertion: str) -> str:
    """Whom an assertion claims to be of, unproven; "" when it cannot be read."""
    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError:
        return ""
    return str(claims.get("iss", "")).removesuffix(f"@{DOMAIN}")


def issue(account: SandboxAccount, assertion: str, audience: str) -> dict[str, Any]:
    """An access token. Raises Refused as Google words it."""
    try:
        claims = jwt.decode(
            assertion,
            account.data["public_key"],
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["iss", "scope", "aud", "iat", "exp"]},
        )
    except jwt.PyJWTError as error:
        raise Refused(f"Invalid JWT: {error}") from None
    if claims["scope"] != SCOPE or claims["exp"] - claims["iat"] > LIVES:
        raise Refused("Invalid scope or lifetime")
    made = {"agent": account.key, "exp": int(time.time()) + LIVES}
    token = jwt.encode(made, _access_key(account), algorithm="HS256")
    return {"access_token": token, "expires_in": LIVES, "token_type": "Bearer"}


def check(account: SandboxAccount, token: str) -> None:
    try:
        jwt.decode(token, _access_key(account), algorithms=["HS256"])
    except jwt.PyJWTError:
        raise not_authenticated() from None


def _access_key(account: SandboxAccount) -> str:
    return f"access tokens of {account.key}: {account.secret}"

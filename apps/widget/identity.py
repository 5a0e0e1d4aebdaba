"""Proof that a visitor is a customer whom the business knows: signed by the site's server, short-lived.

Two forms, both with the entry point's identity secret as it was shown (its text, as UTF-8 bytes):
`{"external_id", "expires", "signature"}` where the signature is the hexadecimal HMAC-SHA256 of
"<external_id>.<expires>" and `expires` is in Unix seconds; or `{"jwt"}`, HS256, with `aud` the entry
point's key, `sub` the external id and `exp`. Neither may be good for more than 24 hours.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

import jwt

from apps.connections import identity_secrets
from apps.connections.models import EntryPoint

LONGEST = 24 * 3600  # seconds
LEEWAY = 60  # seconds between two servers' clocks
MAX_ID = 200


class Problem(StrEnum):
    NOT_SET_UP = "identity_not_set_up"
    MALFORMED = "identity_malformed"
    FORGED = "identity_forged"  # also one signed for another entry point
    EXPIRED = "identity_expired"
    TOO_LONG = "identity_too_long"  # good for more than 24 hours


class BadIdentity(Exception):
    """Nobody was proven; `problem` is what the site is told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def verify(point: EntryPoint, proof: object, *, now: Callable[[], float] = time.time) -> str:
    """The external id that `proof` (from the request, any JSON) proves. Raises BadIdentity."""
    if not isinstance(proof, dict):
        raise BadIdentity(Problem.MALFORMED)
    secrets = identity_secrets.good(point)
    if not secrets:
        raise BadIdentity(Problem.NOT_SET_UP)
    if "jwt" in proof:
        external_id, expires = _from_jwt(point, secrets, proof["jwt"])
    else:
        external_id, expires = _from_signature(secrets, proof)
    _check_time(expires, now())
    if not 0 < len(external_id) <= MAX_ID or not external_id.isprintable():
        raise BadIdentity(Problem.MALFORMED)
    return external_id


def _from_signature(secrets: Sequence[bytes], proof: dict[str, Any]) -> tuple[str, int]:
    external_id, expires, given = (proof.get(name) for name in ("external_id", "expires", "signature"))
    if not isinstance(external_id, str) or not isinstance(given, str):
        raise BadIdentity(Problem.MALFORMED)
    if not isinstance(expires, int) or isinstance(expires, bool):
        raise BadIdentity(Problem.MALFORMED)
    signed = f"{external_id}.{expires}".encode(errors="surrogatepass")
    right = [hmac.new(secret, signed, sha256).hexdigest().encode() for secret in secrets]
    if not any(hmac.compare_digest(each, given.encode(errors="replace")) for each in right):
        raise BadIdentity(Problem.FORGED)
    return external_id, expires


def _from_jwt(point: EntryPoint, secrets: Sequence[bytes], token: object) -> tuple[str, int]:
    if not isinstance(token, str):
        raise BadIdentity(Problem.MALFORMED)
    for secret in secrets:
        try:
            claims = _decode(point, secret, token)
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidAudienceError:
            raise BadIdentity(Problem.FORGED) from None
        except jwt.PyJWTError:
            raise BadIdentity(Problem.MALFORMED) from None
        return claims["sub"], int(claims["exp"])
    raise BadIdentity(Problem.FORGED)


def _decode(point: EntryPoint, secret: bytes, token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        token,
        secret,
        algorithms=["HS256"],  # never what the token's own header asks for
        audience=point.key,
        options={"require": ["exp", "sub", "aud"], "verify_exp": False},
    )
    if not isinstance(claims["sub"], str) or isinstance(claims["exp"], bool):
        raise jwt.InvalidTokenError
    if not isinstance(claims["exp"], int | float):
        raise jwt.InvalidTokenError
    return claims


def _check_time(expires: int, now: float) -> None:
    if expires < now - LEEWAY:
        raise BadIdentity(Problem.EXPIRED)
    if expires > now + LONGEST + LEEWAY:
        raise BadIdentity(Problem.TOO_LONG)

"""The JSON Web Tokens of Messages for Business: ours to Apple and Apple's to us.

Both are HS256 with the same key, the Base64-decoded secret of the MSP account. Ours say `iss`, Apple's say
`aud`, both with our MSP ID, and `iat` in seconds; neither covers the body or the headers. So all requests of
one second have the same token, and what one token says is worked out once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

import jwt

from apps.platforms.base import BadCredentials, BadSignature, Credentials

# What `issued_at` answers for a request whose token is gone or says nothing.
UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
REMEMBERED = 1024  # tokens


def mint(creds: Credentials, now: float) -> str:
    """A token for one call to Apple. Raises BadCredentials naming the field that cannot be used."""
    if not creds.get("msp_id"):
        raise BadCredentials("the MSP ID is missing", field="msp_id")
    return _minted(creds["msp_id"], creds.get("secret", ""), int(now))


def check(headers: Mapping[str, str], creds: Credentials, *, now: float, max_age: float) -> None:
    """Raise BadSignature unless Apple made the request's token for our MSP ID within `max_age` seconds.

    Apple's sample code does not look at the age and documents no limit; without one, a token that leaks
    once would open the door for ever.
    """
    issued = _verified(_bearer(headers), creds.get("msp_id") or "", creds.get("secret", ""))
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise BadSignature("the token's iat is not a number")
    if not abs(int(now) - issued) <= max_age:
        raise BadSignature("the token is too old or from the future")


def issued_at(headers: Mapping[str, str]) -> datetime:
    """When Apple signed the request, to the second, without checking the token: `check` came before.

    The only time that Apple sends. UNKNOWN_TIME when the headers were stored without their token.
    """
    try:
        return _issued_at(_bearer(headers))
    except (BadSignature, jwt.PyJWTError, LookupError, TypeError, ValueError, OverflowError, OSError):
        return UNKNOWN_TIME


@lru_cache(maxsize=REMEMBERED)
def _minted(msp_id: str, secret: str, second: int) -> str:
    return jwt.encode({"iss": msp_id, "iat": second}, _key(secret), algorithm="HS256")


@lru_cache(maxsize=REMEMBERED)
def _issued_at(token: str) -> datetime:
    claims = jwt.decode(token, options={"verify_signature": False})
    return datetime.fromtimestamp(int(claims["iat"]), UTC)


@lru_cache(maxsize=REMEMBERED)
def _verified(token: str, msp_id: str, secret: str) -> object:
    """What the token says as `iat`. Raises BadSignature, which is not remembered."""
    try:
        claims = jwt.decode(
            token,
            _key(secret),
            algorithms=["HS256"],
            audience=msp_id,
            options={"require": ["aud", "iat"], "verify_iat": False},
        )
    except BadCredentials as error:
        raise BadSignature("there is no usable secret to check the token with") from error
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise BadSignature(f"the token is not Apple's for us: {type(error).__name__}") from error
    if not msp_id:
        raise BadSignature("there is no MSP ID to check the token with")
    return claims["iat"]


def _bearer(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise BadSignature("no bearer token")
    return token.strip()


def _key(secret: str) -> bytes:
    # An empty key is a valid HMAC key that everybody knows.
    try:
        key = base64.b64decode("".join(secret.split()), validate=True)
    except ValueError as error:
        raise BadCredentials("the secret is not Base64 text", field="secret") from error
    if not key:
        raise BadCredentials("the secret is missing", field="secret")
    return key

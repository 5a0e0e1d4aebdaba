"""JWTs between gateway and messaging service provider (1.4): HS256 with the decoded secret, both ways."""

from __future__ import annotations

import base64
import time
from typing import NamedTuple
from uuid import UUID

import jwt

from apps.core import tenancy
from apps.sandbox import doors
from apps.sandbox.apple.errors import GatewayError
from apps.sandbox.models import SandboxAccount

MOST_AGE = 3600  # seconds; Apple does not say


class Owner(NamedTuple):
    """Whose token it was."""

    tenant_id: UUID
    account_id: UUID


def key_of(account: SandboxAccount) -> bytes:
    return base64.b64decode(account.secret)


def bearer(account: SandboxAccount) -> str:
    """What the gateway shows to the business: `aud` is its MSP id."""
    claims = {"aud": account.key, "iat": int(time.time())}
    return f"Bearer {jwt.encode(claims, key_of(account), algorithm='HS256')}"


def owner(authorization: str) -> Owner:
    """The account that signed the request. Raises GatewayError 401 without a token, 403 with a bad one."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise GatewayError(401, "Authorization header is missing")
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        place = doors.account_for("apple_messages", issuer) if isinstance(issuer, str) else None
        if place is None:
            raise _refused()
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
        claims = jwt.decode(token, key_of(account), algorithms=["HS256"], options={"verify_iat": False})
    except jwt.InvalidTokenError:
        raise _refused() from None
    _check_age(claims.get("iat"))
    return Owner(place.tenant_id, place.id)


def _check_age(issued: object) -> None:
    if not isinstance(issued, int) or abs(time.time() - issued) > MOST_AGE:
        raise _refused()


def _refused() -> GatewayError:
    return GatewayError(403, "Authorization is invalid")

"""Whether Microsoft made a request: a token in Authorization, signed with one of its published keys.

The token covers the app and the Connector's address, not the body: whoever could read one could put another
body beside it while it lives, which is why Microsoft sends it over TLS only.
"""

from __future__ import annotations

from typing import Any

import jwt

from apps.platforms.base import BadSignature, Credentials, Inbound, Malformed, Unproven
from apps.platforms.bodies import read_object
from apps.platforms.shared.signatures import same
from apps.platforms.teams import places
from apps.platforms.teams.keys import Keyring

ISSUER = "https://api.botframework.com"
LEEWAY = 300  # seconds that clocks may differ
LONGEST = 8192  # characters of a token
ALGORITHM = "RS256"


def verify(request: Inbound, creds: Credentials, keyring: Keyring) -> None:
    """Raise BadSignature unless the token is Microsoft's, for this app, and for what the body names; Unproven
    for a key that we do not know while Microsoft's cannot be had."""
    token, app_id = _token(request), creds.get("app_id", "").strip().lower()
    key = keyring.find(key_id(request), creds)
    if key is None and key_id(request) and keyring.is_blind():
        raise Unproven("Microsoft's keys cannot be had")
    if not app_id or key is None:
        raise BadSignature("signed with a key that we do not know")
    claims = _claims(token, key, app_id)
    try:
        body = read_object(request.body)
    except Malformed:
        raise BadSignature("the body is no activity") from None
    service = body.get("serviceUrl")
    if not isinstance(service, str) or not same(str(claims.get("serviceurl", "")), service):
        raise BadSignature("the token is for another Connector")
    if not places.is_service(service, creds):
        raise BadSignature("the Connector is not one of Microsoft's")
    endorsed = key.get("endorsements")
    if isinstance(endorsed, list) and body.get("channelId") not in endorsed:
        raise BadSignature("the key does not speak for this channel")


def key_id(request: Inbound) -> str:
    """The key that a request names; "" when it names none."""
    try:
        head = jwt.get_unverified_header(_token(request))
    except (BadSignature, jwt.PyJWTError):
        return ""
    kid = head.get("kid")
    return kid if isinstance(kid, str) and head.get("alg") == ALGORITHM else ""


def _token(request: Inbound) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST:
        raise BadSignature("there is no token")
    return token.strip()


def _claims(token: str, key: Any, app_id: str) -> dict[str, Any]:
    try:
        public = jwt.PyJWK.from_dict(dict(key), algorithm=ALGORITHM)
        return jwt.decode(
            token,
            public,
            algorithms=[ALGORITHM],
            audience=app_id,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": ["exp", "aud", "iss"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError):
        raise BadSignature("the token is not Microsoft's for this app") from None

"""Tokens both ways: the bot's own from the sign-in, and the one with which the Connector proves itself."""

from __future__ import annotations

import json
import time
from hmac import compare_digest
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import signing

from apps.core import tenancy
from apps.sandbox import doors
from apps.sandbox.calls import Refused
from apps.sandbox.models import SandboxAccount

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
LIVES = 3599  # seconds
SALT = "sandbox teams"

Json = dict[str, Any]


def new_key() -> str:
    """A private key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def published(account: SandboxAccount) -> Json:
    """The public half, as a JWK."""
    key = serialization.load_pem_private_key(account.data["key"].encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    made = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {**made, "kid": account.data["kid"], "use": "sig", "endorsements": ["msteams"]}


def proof(account: SandboxAccount, service_url: str) -> str:
    """Says who posts, to which app, and where answers go; nothing of the body."""
    now = int(time.time())
    claims = {"serviceurl": service_url, "iss": ISSUER, "aud": account.key, "nbf": now, "exp": now + 3600}
    head = {"kid": account.data["kid"], "x5t": account.data["kid"]}
    return jwt.encode(claims, account.data["key"], algorithm="RS256", headers=head)


def issue(tenant: str, form: dict[str, str]) -> Json:
    """Raises Refused as Microsoft's sign-in words it."""
    place = doors.account_for("teams", form.get("client_id", ""))
    if place is None:
        raise refused("unauthorized_client", "AADSTS700016: Application was not found in the directory", 400)
    with tenancy.scope(place.tenant_id):
        account = SandboxAccount.objects.get(pk=place.id)
    if tenant != account.data["tenant_id"]:
        raise refused("invalid_request", f"AADSTS90002: Tenant '{tenant[:60]}' not found.", 400)
    if form.get("grant_type") != "client_credentials" or form.get("scope") != SCOPE:
        raise refused("invalid_scope", "AADSTS70011: The provided value for scope is not valid.", 400)
    given = form.get("client_secret", "").encode("utf-8", "replace")
    if not compare_digest(given, account.secret.encode()):
        raise refused("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401)
    token = signing.dumps([account.key, account.data.get("era", 0)], salt=SALT)
    return {"token_type": "Bearer", "expires_in": LIVES, "ext_expires_in": LIVES, "access_token": token}


def owner(authorization: str) -> doors.Place:
    """Whose token it is. Raises Refused."""
    try:
        key, era = signing.loads(authorization.removeprefix("Bearer "), salt=SALT, max_age=LIVES)
    except (signing.BadSignature, ValueError, TypeError):
        raise unauthorized() from None
    place = doors.account_for("teams", key)
    if place is None:
        raise unauthorized()
    with tenancy.scope(place.tenant_id):
        if SandboxAccount.objects.get(pk=place.id).data.get("era", 0) != era:
            raise unauthorized()
    return place


def refused(error: str, words: str, status: int) -> Refused:
    return Refused(status, {"error": error, "error_description": words})


def unauthorized() -> Refused:
    words = "Authorization has been denied for this request."
    return Refused(401, {"message": words}, WWW_Authenticate="Bearer")

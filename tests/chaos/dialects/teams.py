"""Microsoft Teams: activities with a token of the Connector's (RS256, by hand), which says to which app and
where answers go and covers no body. Its key is published in two documents, the same for every app. There is
no key for repetitions, nothing is told later and there is nothing to look in (class N)."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.chaos.dialects.contract import PLACE, Account, Hook, Reply, Taken

KEY_ID = "chaos-key"
EXPONENT = 65537
PRIMES = (("chaos p", 552), ("chaos q", 1124))  # as far behind what is made of the words
LIVES = 3600
KEYS = "/v1/.well-known/keys"


class Teams:
    retry_class = "N"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        app = f"c4a05000-0000-4000-8000-{number:012x}"
        return {
            "app_id": app,
            "app_secret": f"chaos~{number:032x}",
            "tenant_id": f"c4a05000-0000-4000-9000-{number:012x}",
            "base_url": base_url,
            "address": app,
            "signing_keys": json.dumps({"fetched": time.time(), "keys": [_published()]}),
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        app, person = account.credentials["app_id"], f"29:{customer:040d}"
        chat, at = f"a:{customer:040d}", 1_750_000_000 + number
        activity: dict[str, Any] = {
            "type": "message",
            "id": f"{at}000",
            "timestamp": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000Z"),
            "channelId": "msteams",
            "serviceUrl": f"{account.credentials['base_url']}/emea/",
            "from": {"id": person, "name": f"Customer {customer}"},
            "conversation": {"conversationType": "personal", "tenantId": "chaos", "id": chat},
            "recipient": {"id": f"28:{app}", "name": "Chaos"},
            "textFormat": "plain",
            "locale": "fr-FR",
            "text": text,
        }
        mark = hashlib.sha256(chat.encode()).hexdigest()[:12]
        proof = {"Authorization": f"Bearer {_token(app, activity['serviceUrl'])}"}
        ref = f"{mark}:{activity['id']}:message:{activity['timestamp']}"
        headers = {"Content-Type": "application/json; charset=utf-8", **proof}
        return Hook(ref, headers, json.dumps(activity).encode())

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """Typing is an activity, too, and delivers nothing."""
        if "/v3/conversations/" not in path or not path.endswith("/activities"):
            return None
        asked = json.loads(body)
        if asked["type"] != "message":
            return None
        return Taken(asked["text"], to=path.removesuffix("/activities").rpartition("/")[2])

    def accepted(self, number: int) -> Reply:
        return Reply(201, {"id": str(1_760_000_000_000 + number)})

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        """The sign-in, the two documents, activities that say nothing."""
        if path.endswith("/oauth2/v2.0/token"):
            return Reply(200, {"token_type": "Bearer", "expires_in": LIVES, "access_token": "chaos"})
        if path.endswith("/v1/.well-known/openidconfiguration"):
            return Reply(200, {"issuer": "https://api.botframework.com", "jwks_uri": f"{PLACE}{KEYS}"})
        if path.endswith(KEYS):
            return Reply(200, {"keys": [_published()]})
        return Reply(201, {"id": "0"})

    def throttled(self, seconds: int) -> Reply:
        error = {"code": "TooManyRequests", "message": "API calls quota exceeded"}
        return Reply(429, {"error": error}, headers={"Retry-After": str(seconds)})


@functools.cache
def _key() -> rsa.RSAPrivateKey:
    """The same in every process, without a secret in a file."""
    p, q = (_behind(words) + more for words, more in PRIMES)
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(EXPONENT, p * q)
    parts = (rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q))
    return rsa.RSAPrivateNumbers(p, q, d, *parts, public).private_key()


def _behind(words: str) -> int:
    """A number of 1024 bits, odd."""
    return int.from_bytes(hashlib.shake_256(words.encode()).digest(128), "big") | 3 << 1022 | 1


def _published() -> dict[str, Any]:
    numbers = _key().public_key().public_numbers()
    n, e = _text(numbers.n.to_bytes(256, "big")), _text(EXPONENT.to_bytes(3, "big"))
    return {"kty": "RSA", "use": "sig", "kid": KEY_ID, "n": n, "e": e, "endorsements": ["msteams"]}


def _token(app: str, service: str) -> str:
    now = int(time.time())
    head = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT", "x5t": KEY_ID}
    issuer = "https://api.botframework.com"
    claims = {"serviceurl": service, "nbf": now, "exp": now + LIVES, "iss": issuer, "aud": app}
    signed = ".".join(_text(json.dumps(part).encode()) for part in (head, claims))
    return f"{signed}.{_text(_key().sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


DIALECT = Teams()

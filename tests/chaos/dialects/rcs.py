"""Google's RCS for Business: envelopes, signed over what is decoded from them (SHA-512, the client token).

A message has our own id as its id: a repeated one is answered 409 and delivers nothing (class K). Every call
wants a token, for an assertion that the account's key signed, and phones are asked what they can show.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

P, Q, E = 2**2203 - 1, 2**1279 - 1, 65537  # two primes that everybody knows: the key is no secret
MESSAGES, CAPABILITIES, TOKEN = "/agentMessages", "/capabilities", "/token"
FEATURES = ("RICHCARD_STANDALONE", "RICHCARD_CAROUSEL", "ACTION_DIAL")
LIVES = 3599


class Rcs:
    retry_class = "K"
    told = ("delivered", "read")
    reads_queries = True

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        ours, email = f"chaos_{number}_agent", f"chaos-{number}@chaos.iam.gserviceaccount.com"
        key = {"type": "service_account", "client_email": email, "private_key": _pem()}
        return {
            "agent_id": ours,
            "service_account": json.dumps(key),
            "client_token": f"chaos-client-token-{number:032d}",
            "base_url": base_url,
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        return _signed(account, f"+336{customer:08d}", "message", f"Mx{customer}.{number}", text=text)

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        """That we read or type goes to another address."""
        asked = urlsplit(path)
        if not asked.path.endswith(MESSAGES):
            return None
        ref, to = parse_qs(asked.query)["messageId"][0], unquote(asked.path.split("/")[-2])
        return Taken(json.loads(body)["contentMessage"]["text"], key=ref, to=to, ours=ref)

    def accepted(self, number: int) -> Reply:
        return Reply(200, {"name": f"agentMessages/{number}", "sendTime": _now()})

    def repeated(self, number: int, taken: Taken) -> Reply:
        return _no(409, "ALREADY_EXISTS", f"Message {taken.key} already exists.")

    def later(self, account: Account, number: int, taken: Taken, state: str) -> Hook:
        event = {"eventType": state.upper(), "eventId": f"Ev{number}.{state}"}
        return _signed(account, taken.to, "event", taken.ours, **event)

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        address = urlsplit(path).path
        if address.endswith(TOKEN):
            return _token(body)
        return Reply(200, {"features": FEATURES} if address.endswith(CAPABILITIES) else {})

    def throttled(self, seconds: int) -> Reply:
        return _no(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", **{"Retry-After": str(seconds)})


def _token(body: bytes) -> Reply:
    """For a good signature; whose it is, is not looked at."""
    try:
        assertion = parse_qs(body.decode())["assertion"][0]
        jwt.decode(assertion, _key().public_key(), algorithms=["RS256"], options={"verify_aud": False})
    except (KeyError, jwt.PyJWTError) as error:
        return Reply(400, {"error": "invalid_grant", "error_description": str(error)})
    return Reply(200, {"access_token": "ya29.chaos", "expires_in": LIVES, "token_type": "Bearer"})


def _no(code: int, status: str, words: str, **headers: str) -> Reply:
    return Reply(code, {"error": {"code": code, "status": status, "message": words}}, headers=headers)


def _signed(account: Account, customer: str, kind: str, message: str, **told: str) -> Hook:
    given = account.credentials
    about = {"senderPhoneNumber": customer, "messageId": message, "sendTime": _now()}
    data = json.dumps({**about, **told, "agentId": given["agent_id"]}).encode()
    attributes = {"business_id": given["agent_id"], "type": kind}
    envelope = {"data": base64.b64encode(data).decode(), "attributes": attributes, "publishTime": _now()}
    digest = hmac.new(given["client_token"].encode(), data, hashlib.sha512).digest()
    proof = {"X-Goog-Signature": base64.b64encode(digest).decode()}
    body = json.dumps({"message": envelope, "subscription": "projects/chaos/subscriptions/rbm"}).encode()
    return Hook(told.get("eventId", message), {"Content-Type": "application/json", **proof}, body)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z"


@cache
def _key() -> rsa.RSAPrivateKey:
    d = pow(E, -1, (P - 1) * (Q - 1))
    parts = rsa.rsa_crt_dmp1(d, P), rsa.rsa_crt_dmq1(d, Q), rsa.rsa_crt_iqmp(P, Q)
    public = rsa.RSAPublicNumbers(E, P * Q)
    return rsa.RSAPrivateNumbers(P, Q, d, *parts, public).private_key()


@cache
def _pem() -> str:
    return _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


DIALECT = Rcs()

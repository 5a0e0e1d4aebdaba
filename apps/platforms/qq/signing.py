"""QQ signs with Ed25519, by a key that both sides make from the bot's secret.

Whoever connects the webhook is asked to sign a text of the caller's with that same key (op 13). The text that
we sign is therefore letters and digits only: time and body of a request, which QQ's signature covers, are
never that, so that nobody can have a request of their own signed by us.
"""

from __future__ import annotations

import json
import re
from itertools import cycle, islice

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.platforms.base import Answer, BadSignature, Credentials, Inbound, Malformed
from apps.platforms.bodies import read_object
from apps.platforms.shared.signatures import same

SEED = 32  # bytes
VALIDATION = 13
_TIME, _TOKEN = re.compile(r"[0-9]{1,20}"), re.compile(r"[A-Za-z0-9]{1,128}")


def key_of(secret: str) -> Ed25519PrivateKey:
    """The key whose seed is the secret, repeated until it is long enough."""
    return Ed25519PrivateKey.from_private_bytes(bytes(islice(cycle(secret.encode()), SEED)))


def validation(request: Inbound, creds: Credentials) -> Answer | None:
    """What proves to QQ that we have the secret, None for everything that is no validation."""
    secret = creds.get("app_secret", "").strip()
    try:
        asked = read_object(request.body)
    except Malformed:
        return None
    data = asked.get("d")
    if not secret or asked.get("op") != VALIDATION or not isinstance(data, dict):
        return None
    token, stamp = str(data.get("plain_token", "")), str(data.get("event_ts", ""))
    if not _TOKEN.fullmatch(token) or not _TIME.fullmatch(stamp):
        return None
    signature = key_of(secret).sign(f"{stamp}{token}".encode()).hex()
    answer = json.dumps({"plain_token": token, "signature": signature})
    return Answer(body=answer, content_type="application/json")


def verify(request: Inbound, creds: Credentials) -> None:
    """Raises BadSignature unless QQ signed time and body, for this bot."""
    headers, secret = request.headers, creds.get("app_secret", "").strip()
    stamp, bot = headers.get("x-signature-timestamp", ""), headers.get("x-bot-appid", "")
    if not secret or not _TIME.fullmatch(stamp) or (bot and not same(bot, creds.get("app_id", "").strip())):
        raise BadSignature
    try:
        given = bytes.fromhex(headers.get("x-signature-ed25519", ""))
        key_of(secret).public_key().verify(given, stamp.encode() + request.body)
    except (ValueError, InvalidSignature):
        raise BadSignature from None

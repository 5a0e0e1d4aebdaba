"""Requests of RCS Business Messaging: the challenge, the envelope, its signature.

An event comes as `{"message": {"data": "<Base64>", …}}`; X-Goog-Signature is over the decoded data, not over
the body, with the webhook's client token as the key.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from apps.platforms.base import Answer, BadSignature, Credentials, Inbound, Malformed
from apps.platforms.bodies import read_object
from apps.platforms.shared import signatures

HEADER = "x-goog-signature"
LONGEST_SECRET = 1000  # characters; longer ones are no challenge

Json = dict[str, Any]


def answer(request: Inbound, creds: Credentials) -> Answer | None:
    """To the challenge with which a webhook is set up: its secret in plain text, if the token is ours."""
    try:
        given = read_object(request.body)
    except Malformed:
        return None
    token, secret = given.get("clientToken"), given.get("secret")
    if not isinstance(token, str) or not isinstance(secret, str) or not 0 < len(secret) <= LONGEST_SECRET:
        return None
    return Answer(body=secret) if signatures.same(token, creds.get("client_token", "")) else None


def verify(request: Inbound, creds: Credentials) -> None:
    """Raise BadSignature unless Google made this request."""
    try:
        data = _data(request)
    except Malformed:
        raise BadSignature("the request holds nothing that can have been signed") from None
    signatures.check(
        request.headers.get(HEADER, ""),
        creds.get("client_token", ""),
        data,
        algorithm="sha512",
        encoding="base64",
    )


def event(request: Inbound) -> Json:
    """What happened. Raises Malformed."""
    return read_object(_data(request))


def _data(request: Inbound) -> bytes:
    message = read_object(request.body).get("message")
    data = message.get("data") if isinstance(message, dict) else None
    if not isinstance(data, str):
        raise Malformed("the request has no message.data")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("message.data is not Base64") from None

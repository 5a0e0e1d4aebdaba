"""The mail gateway: the small protocol of ours between Comptoir and a mail server (docs/email.md).

Both directions carry a whole RFC 5322 message as the body and two headers:

    X-Comptoir-Address: help@shop.example             which of the business's addresses it is about
    X-Comptoir-Signature: t=1764000000,v1=<hex>       HMAC-SHA256 of "<t>." and the body, with the secret

The gateway knows a message by its Message-ID and sends each once: a repetition is no second mail (class K).
"""

from __future__ import annotations

import re
import time
from typing import Any

from apps.core.http import Http, HttpError, Response
from apps.platforms.base import (
    BadCredentials,
    BadSignature,
    ContactGone,
    Credentials,
    Inbound,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.shared import signatures
from apps.platforms.shared.answers import redact, seconds, stranger, unanswered

SIGNATURE, ADDRESS = "x-comptoir-signature", "x-comptoir-address"
TOLERANCE = 300  # seconds by which the two clocks may differ
USUAL_WAIT = 30.0
TIMEOUT = 25.0
_SIGNED = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def headers(creds: Credentials, body: bytes, *, now: float) -> dict[str, str]:
    """What proves a request of ours. Raises BadCredentials without a secret or an address."""
    for name in ("address", "signing_secret"):
        if not creds.get(name):
            raise BadCredentials(f"the {name.replace('_', ' ')} is missing", field=name)
    stamp = str(int(now))
    signed = signatures.sign(creds["signing_secret"], stamp.encode() + b"." + body)
    return {SIGNATURE: f"t={stamp},v1={signed}", ADDRESS: creds["address"]}


def verify(request: Inbound, creds: Credentials, *, now: float) -> None:
    """Raise BadSignature unless the gateway made this request within the last minutes."""
    found = _SIGNED.fullmatch(request.headers.get(SIGNATURE, ""))
    if found is None or abs(now - int(found[1])) > TOLERANCE:
        raise BadSignature("the signature is missing or too old")
    signed = found[1].encode() + b"." + request.body
    signatures.check(found[2], creds.get("signing_secret", ""), signed)


async def post(mail: bytes, creds: Credentials, http: Http) -> None:
    """Have the gateway send a message; 409 says that it already has. Raises SendError."""
    await _call("POST", "messages", creds, http, mail, content_type="message/rfc822")


async def ask(creds: Credentials, http: Http) -> dict[str, Any]:
    """What the gateway says of the address. Raises SendError; nothing can be in doubt."""
    try:
        answer = await _call("GET", "status", creds, http, b"")
    except Unknown as error:
        raise Unreachable(error.words, code=error.code) from None
    data = answer.json()
    if not isinstance(data, dict) or data.get("ready") is not True:
        raise Rejected("the gateway is not ready for this address", code="not_ready")
    return data


async def _call(
    method: str, path: str, creds: Credentials, http: Http, body: bytes, *, content_type: str = ""
) -> Response:
    head = headers(creds, body, now=time.time())
    base = creds.get("base_url", "").strip().rstrip("/")
    if not base:
        raise BadCredentials("the gateway's address is missing", field="base_url")
    if content_type:
        head["content-type"] = content_type
    try:
        answer = await http.request(
            method, f"{base}/{path}", headers=head, body=body or None, timeout=TIMEOUT
        )
    except HttpError as error:
        raise unanswered(error, _secrets(creds)) from None
    if answer.status not in (200, 202, 409):
        raise refusal(answer, creds)
    if not isinstance(answer.json(), dict):
        raise Unknown("the answer was not one of the gateway", code=str(answer.status))
    return answer


def refusal(answer: Response, creds: Credentials) -> SendError:
    """What an answer means that is no yes: {"error": words, "code": the mail server's}."""
    data = answer.json()
    if not isinstance(data, dict) or not isinstance(data.get("error"), str):
        return stranger(answer, "the gateway")
    words = redact(data["error"], _secrets(creds))
    code = str(data.get("code") or answer.status)[:60]
    match answer.status:
        case 401 | 403:
            return BadCredentials(words, field="signing_secret", code=code)
        case 404:
            return BadCredentials(words, field="address", code=code)
        case 410:
            return ContactGone(words, reason="opted_out", code=code)
        case 429:
            wait = seconds(answer.headers.get("retry-after", ""), default=USUAL_WAIT)
            return Throttled(words, retry_after=wait, code=code)
        case 503:
            return Unreachable(words, code=code)
    return Rejected(words, code=code) if 400 <= answer.status < 500 else Unknown(words, code=code)


def _secrets(creds: Credentials) -> tuple[str, ...]:
    return (creds.get("signing_secret", ""),)

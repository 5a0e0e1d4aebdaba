"""X-Twilio-Signature: base64(HMAC-SHA1(auth token, address + every field's name and value, sorted)).

The address is the one that was registered, with its query; Twilio may add or leave out the usual port. A JSON
body is not in it: its SHA-256 stands in the query as bodySHA256. Known values:
https://www.twilio.com/docs/usage/security
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlsplit

from apps.platforms.base import BadSignature, Inbound
from apps.platforms.shared import signatures

HEADER = "x-twilio-signature"
USUAL_PORT = {"http": 80, "https": 443}


def check(request: Inbound, tokens: Iterable[str]) -> None:
    """Raise BadSignature unless Twilio signed `request` with one of the account's auth tokens."""
    given = request.headers.get(HEADER, "")
    try:
        signed = _signed(request)
        addresses = _spellings(request.url)
    except ValueError:
        raise BadSignature("the request cannot have been signed") from None
    wanted = [_sign(token, address + signed) for token in tokens if token for address in addresses]
    if not any(signatures.same(given, each) for each in wanted):
        raise BadSignature("the signature is missing or wrong")


def _sign(token: str, text: str) -> str:
    return signatures.sign(token, text.encode("utf-8", "replace"), algorithm="sha1", encoding="base64")


def _signed(request: Inbound) -> str:
    """What of the body is signed. Raises BadSignature when a JSON body is not the one that was."""
    digest = parse_qs(urlsplit(request.url).query).get("bodySHA256", [""])[0]
    if digest:
        if not signatures.same(digest, sha256(request.body).hexdigest()):
            raise BadSignature("the body is not the one that was signed")
        return ""
    fields: dict[str, set[str]] = {}
    for name, value in parse_qsl(request.body.decode("utf-8"), keep_blank_values=True):
        fields.setdefault(name, set()).add(value)
    return "".join(name + value for name in sorted(fields) for value in sorted(fields[name]))


def _spellings(url: str) -> set[str]:
    """The address with the usual port and without, and as it is."""
    parts = urlsplit(url)
    usual = USUAL_PORT.get(parts.scheme)
    if parts.port not in (None, usual):
        return {url, _without_port(parts)}
    host = parts.netloc.removesuffix(f":{usual}")
    return {url, *(parts._replace(netloc=name).geturl() for name in (host, f"{host}:{usual}"))}


def _without_port(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition(":")[0]).geturl()

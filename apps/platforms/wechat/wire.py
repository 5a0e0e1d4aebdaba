"""A request of WeChat's: its signature in the query, its XML body, plain or encrypted.

A plain request's signature covers the token, a time and a nonce, and not the body: whoever has seen one
request could send another body with it. WeChat sets no limit to that, so `WINDOW` and `Used` are ours. An
account with an EncodingAESKey takes encrypted bodies only, whose own signature covers them.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from datetime import datetime
from hashlib import sha1, sha256
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from apps.platforms.base import Answer, BadSignature, Credentials, Inbound, Malformed
from apps.platforms.shared.signatures import same
from apps.platforms.wechat import cipher

WINDOW = 600  # seconds between WeChat's clock and ours; it repeats a request for 15 seconds
_ECHO = re.compile(r"[!-~]{1,256}")

Fields = dict[str, str]


class Used:
    """Which body each plain signature came with, for as long as it counts: the same signature with another
    body is somebody who saw it. Known to this process alone; `MOST` bounds what a stranger can make us keep.
    """

    MOST = 10_000

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def check(self, signed: str, body: bytes, *, now: float) -> None:
        """Raises BadSignature for a signature that came with another body."""
        digest = sha256(_said(body)).digest()
        kept, known = self._bodies.setdefault(signed, (now, digest))
        if known != digest and now - kept <= 2 * WINDOW:
            raise BadSignature("the signature was used for another message")
        while len(self._bodies) > self.MOST:
            self._bodies.popitem(last=False)


def signature(*texts: str) -> str:
    """SHA-1 over the texts in the order of the alphabet, hex: all that WeChat asks for, and no HMAC."""
    return sha1("".join(sorted(texts)).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def handshake(request: Inbound, creds: Credentials, *, now: datetime) -> Answer | None:
    """The echo for a GET that WeChat signed, None otherwise (`authentic` then refuses it). It comes plain in
    every mode; where it is encrypted, as WeChat's corporate kind has it, a signature of its own covers it."""
    echo = request.query.get("echostr", "")
    sealed = echo if "msg_signature" in request.query else ""
    if (
        request.method != "GET"
        or not _ECHO.fullmatch(echo)
        or not _is_signed(request, creds, sealed, now=now)
    ):
        return None
    try:
        return Answer(body=_opened(sealed, creds).decode("ascii") if sealed else echo)
    except (BadSignature, UnicodeDecodeError):
        return None


def authentic(request: Inbound, creds: Credentials, *, now: datetime) -> None:
    """Raises BadSignature unless WeChat made this request for this account in the last minutes."""
    if request.method != "POST":
        raise BadSignature
    aes_key = creds.get("aes_key", "").strip()
    sealed = _sealed(request) if aes_key else ""
    if aes_key and not sealed:
        raise BadSignature("the message is not encrypted")
    if not _is_signed(request, creds, sealed, now=now):
        raise BadSignature
    if sealed:
        _opened(sealed, creds)


def dedup_key(request: Inbound) -> str:
    """The message's number, of an event who, when and what; of an encrypted request its digest, because its
    number is inside (which is then the event's `ref`). Raises Malformed."""
    outer = read(request.body)
    if "Encrypt" in outer:
        return f"sealed:{sha256(outer['Encrypt'].encode()).hexdigest()}"
    return ref(outer)


def ref(fields: Fields) -> str:
    """The same for every repetition: WeChat numbers messages, events it does not. Raises Malformed."""
    if fields.get("MsgId"):
        return fields["MsgId"][:64]
    who, when, kind = (fields.get(name, "") for name in ("FromUserName", "CreateTime", "MsgType"))
    if not who or not when or not kind:
        raise Malformed("neither a message nor an event of WeChat's")
    what = fields.get("Event", "") or kind
    return f"{what.lower()[:40]}:{who[:64]}:{when[:20]}"


def message(request: Inbound, creds: Credentials) -> Fields:
    """What WeChat tells, decrypted where it is encrypted. Raises Malformed."""
    outer, aes_key = read(request.body), creds.get("aes_key", "").strip()
    if "Encrypt" not in outer or (not aes_key and "MsgType" in outer):
        return outer
    if not aes_key:
        raise Malformed("the message is encrypted, and this channel has no EncodingAESKey")
    try:
        return read(_opened(outer["Encrypt"], creds))
    except BadSignature as error:
        raise Malformed(str(error)) from None


def read(body: bytes) -> Fields:
    """The elements directly below the root, by name. Raises Malformed; entities and DTDs are refused."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Malformed(f"the body is not XML that WeChat sends: {type(error).__name__}") from None
    return {child.tag: child.text or "" for child in root}


def _said(body: bytes) -> bytes:
    """What a plain body says: in compatible mode the same stands beside it, encrypted anew each time."""
    try:
        return repr(sorted((name, text) for name, text in read(body).items() if name != "Encrypt")).encode()
    except Malformed:
        return body


def _is_signed(request: Inbound, creds: Credentials, *sealed: str, now: datetime) -> bool:
    """`sealed` is what the signature covers beside token, time and nonce."""
    query, token = request.query, creds.get("token", "").strip()
    stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    covered = [text for text in sealed if text]
    given = query.get("msg_signature" if covered else "signature", "")
    known = bool(token) and same(given, signature(token, stamp, nonce, *covered))
    return known and _is_fresh(stamp, now)


def _is_fresh(stamp: str, now: datetime) -> bool:
    digits = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return digits and abs(now.timestamp() - int(stamp)) <= WINDOW


def _sealed(request: Inbound) -> str:
    try:
        return read(request.body).get("Encrypt", "")
    except Malformed:
        raise BadSignature from None


def _opened(sealed: str, creds: Credentials) -> bytes:
    keys = {name: creds.get(name, "").strip() for name in ("aes_key", "app_id")}
    try:
        return cipher.decrypt(sealed, **keys)
    except ValueError as error:
        raise BadSignature(f"not encrypted for this account: {error}") from None

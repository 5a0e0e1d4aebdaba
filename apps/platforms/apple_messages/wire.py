"""The envelope that every message travels in, both ways, and careful reading of what is in it."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.platforms.base import BadSignature, Inbound, Malformed

MAX_BODY = 10 * 1024 * 1024
MAX_ID = 512
Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One inbound message. `source` is the customer's opaque id, `destination` our business id."""

    id: str
    type: str
    source: str
    destination: str
    data: Data


def read(request: Inbound) -> Envelope:
    """The envelope in a request; raises Malformed when there is none."""
    data = json_object(unpacked(request))
    return Envelope(
        id=ref(_required(data, "id")),
        type=_required(data, "type")[:64],
        source=_required(data, "sourceId"),
        destination=business_id(_required(data, "destinationId")),
        data=data,
    )


def bind(request: Inbound, envelope: Envelope, *, ours: str) -> None:
    """Raise BadSignature unless the headers name the same message, sender and recipient as the body.

    Apple's token covers neither, so a difference means that the request was put together by somebody else;
    it is refused rather than kept, because nobody can say whose it is. `ours`, when not empty, is the
    business id of the channel that is being asked for.
    """
    headers = request.headers
    named = (ref(headers.get("id", "")), headers.get("source-id", ""), recipient(request))
    if named != (envelope.id, envelope.source, envelope.destination):
        raise BadSignature("headers and body name different messages or people")
    if ours and business_id(ours) != envelope.destination:
        raise BadSignature("the message is for another business")


def recipient(request: Inbound) -> str:
    """Our business id that the request is for, "" when it names none."""
    return business_id(request.headers.get("destination-id", ""))


def outgoing(id: str, kind: str, *, sender: str, to: str, **content: Any) -> dict[str, Any]:
    """An envelope to the customer; empty content is left out."""
    envelope = {"v": 1, "id": id, "type": kind, "sourceId": business_id(sender), "destinationId": to}
    return envelope | {name: value for name, value in content.items() if value}


def business_id(text: str) -> str:
    """The bare, lower-case form. Entry links and some relays write `urn:biz:` in front."""
    return text.strip().lower().removeprefix("urn:biz:")


def ref(text: str) -> str:
    """A message id in the form in which we write ours: UUIDs lower-case, anything else as it came."""
    try:
        return str(UUID(text)) if len(text) == 36 else text
    except ValueError:
        return text


def unpacked(request: Inbound) -> bytes:
    """The body, decompressed when the header or the first bytes say so. Raises Malformed."""
    encoding = request.headers.get("content-encoding", "").lower()
    if "gzip" in encoding or request.body.startswith(b"\x1f\x8b"):
        return gunzip(request.body)
    if len(request.body) > MAX_BODY:
        raise Malformed(f"the body is larger than {MAX_BODY} bytes")
    return request.body


def gunzip(body: bytes) -> bytes:
    """The decompressed bytes, at most MAX_BODY of them. Raises Malformed."""
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        plain = inflate.decompress(body, MAX_BODY)
    except zlib.error as error:
        raise Malformed("the body is not gzip though it says so") from error
    if inflate.unconsumed_tail:
        raise Malformed(f"the body is larger than {MAX_BODY} bytes when decompressed")
    if not inflate.eof:
        raise Malformed("the gzip body is cut off")
    return plain


def json_object(body: bytes) -> Data:
    """The JSON object in `body`. Raises Malformed."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    if not isinstance(data, dict):
        raise Malformed("the body is not a JSON object")
    return data


def string(data: Data, name: str) -> str:
    """Text that a database can hold: no NUL, no lone surrogates. "" when absent or not text."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()


def number(data: Data, name: str) -> int:
    """A size, as number or as digits; 0 when absent or not one."""
    value = data.get(name)
    if isinstance(value, str) and value.isdecimal() and len(value) <= 15:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 <= value < 2**53 else 0


def mapping(data: Data, name: str) -> Data:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def items(data: Data, name: str) -> list[Data]:
    value = data.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_header_safe(value: str) -> bool:
    """Whether a value from outside may travel in an HTTP header."""
    return bool(re.fullmatch(r"[\x21-\x7e]+", value))


def _required(data: Data, name: str) -> str:
    value = string(data, name).strip()
    if not value:
        raise Malformed(f"{name} is missing")
    if len(value) > MAX_ID or not is_header_safe(value):
        raise Malformed(f"{name} is not an identifier")
    return value

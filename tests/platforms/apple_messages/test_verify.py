"""The request as a whole: decompression, and headers that must belong to the body."""

from __future__ import annotations

import gzip
import json

import pytest

from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import BadSignature, Malformed

from .payloads import BUSINESS, CREDS, CUSTOMER, MESSAGE, NOW, OTHER_BUSINESS, envelope, request, token

PLATFORM = AppleMessages(clock=lambda: NOW)
PLAIN = json.dumps(envelope(body="Hi")).encode()
MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("label", "made"),
    [
        ("gzip", request()),
        ("gzip that nobody announced", request(headers={"content-encoding": None})),
        ("plain", request(headers={"content-encoding": None}, body=PLAIN)),
        (
            "exactly 10 MiB",
            request(envelope(body="x" * (10 * MIB - len(json.dumps(envelope(body="")))))),
        ),
        ("business id in capitals", request(headers={"destination-id": BUSINESS.upper()})),
        ("business id as URN", request(headers={"destination-id": f"urn:biz:{BUSINESS}"})),
        ("message id in capitals", request(headers={"id": MESSAGE.upper()})),
    ],
)
def test_accepted(label, made):
    PLATFORM.verify(made, CREDS)


@pytest.mark.parametrize(
    ("label", "made"),
    [
        ("not gzip though the header says so", request(body=PLAIN)),
        ("gzip cut off", request(body=gzip.compress(PLAIN)[:-12])),
        ("gzip damaged", request(body=gzip.compress(PLAIN)[:10] + b"\xff" * 30)),
        ("empty", request(headers={"content-encoding": None}, body=b"")),
        ("too large unpacked", request(headers={"content-encoding": None}, body=b" " * (10 * MIB + 1))),
        ("not JSON", request(body=gzip.compress(b"{"))),
        ("not UTF-8", request(body=gzip.compress(b'{"id": "\xff"}'))),
        ("nested without end", request(body=gzip.compress(b"[" * 100_000))),
        ("a list", request([1])),
        ("no id", request({**envelope(), "id": None})),
        ("no type", request({**envelope(), "type": ""})),
        ("sender a list", request({**envelope(), "sourceId": [CUSTOMER]})),
        ("sender that would break a header", request({**envelope(), "sourceId": "urn:mbid:A\r\nid: 1"})),
        ("sender without end", request({**envelope(), "sourceId": "a" * 513})),
    ],
)
def test_authentic_but_malformed(label, made):
    with pytest.raises(Malformed):
        PLATFORM.verify(made, CREDS)


def test_gzip_bomb():
    bomb = request(body=gzip.compress(b" " * (200 * MIB), 9))
    with pytest.raises(Malformed, match="larger than"):
        PLATFORM.verify(bomb, CREDS)


@pytest.mark.parametrize(
    ("label", "headers"),
    [
        ("another message", {"id": "3f0c1d3e-4b5a-4697-8877-a1b2c3d4e5f6"}),
        ("no message", {"id": None}),
        ("another sender", {"source-id": "urn:mbid:B"}),
        ("sender in another case", {"source-id": CUSTOMER.lower()}),
        ("no sender", {"source-id": None}),
        ("another business", {"destination-id": OTHER_BUSINESS}),
        ("no business", {"destination-id": None}),
    ],
)
def test_headers_must_belong_to_the_body(label, headers):
    with pytest.raises(BadSignature, match="headers and body"):
        PLATFORM.verify(request(headers=headers), CREDS)


def test_message_for_another_business_of_the_same_msp():
    theirs = request(
        {**envelope(body="Hi"), "destinationId": OTHER_BUSINESS}, headers={"destination-id": OTHER_BUSINESS}
    )
    PLATFORM.verify(theirs, CREDS | {"business_id": OTHER_BUSINESS})
    PLATFORM.verify(theirs, {**CREDS, "business_id": ""})
    with pytest.raises(BadSignature, match="another business"):
        PLATFORM.verify(theirs, CREDS)


def test_forged_request_is_not_even_read():
    forged = request(body=b"\x1f\x8b rubbish", headers={"authorization": f"Bearer {token(key=b'x' * 32)}"})
    with pytest.raises(BadSignature):
        PLATFORM.verify(forged, CREDS)


def test_recipients_and_dedup_key():
    made = request(headers={"destination-id": BUSINESS.upper(), "id": MESSAGE.upper()})
    assert PLATFORM.recipients(made) == (BUSINESS,)
    assert PLATFORM.dedup_key(made) == MESSAGE


def test_recipients_and_dedup_key_of_nothing():
    made = request(headers={"destination-id": None, "id": None})
    assert PLATFORM.recipients(made) == ()
    with pytest.raises(Malformed):
        PLATFORM.dedup_key(made)

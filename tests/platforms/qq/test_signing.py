"""Signatures and the validation of the webhook, against QQ's published vector and PyNaCl."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from apps.platforms.base import BadSignature, Inbound
from apps.platforms.qq import signing
from apps.platforms.qq.adapter import PLATFORM
from apps.sandbox.qq import signing as simulated

from .payloads import CREDS, SECRET, key, message, request


def validation(token: Any, stamp: Any) -> Inbound:
    body = {"d": {"plain_token": token, "event_ts": stamp}, "op": 13}
    return Inbound(method="POST", path="/", query={}, headers={}, body=json.dumps(body).encode())


def test_the_published_validation() -> None:
    answer = PLATFORM.answer(validation("Arq0D5A61EgUu4OxUvOp", "1725442341"), CREDS)
    assert answer is not None and answer.content_type == "application/json"
    assert json.loads(answer.body) == {
        "plain_token": "Arq0D5A61EgUu4OxUvOp",
        "signature": "87befc99c42c651b3aac0278e71ada338433ae26fcb24307bdc5ad38c1adc2d0"
        "1bcfcadc0842edac85e85205028a1132afe09280305f13aa6909ffc2d652c706",
    }


@pytest.mark.parametrize(
    ("token", "stamp"),
    [
        ('{"op":0}', "1725442341"),
        ("", "1725442341"),
        ("abc", ""),
        ("abc", "17254x"),
        ("abc", '1725442341{"op":0'),
        (None, None),
        ("x" * 129, "1"),
        ({"a": 1}, "1"),
    ],
)
def test_nobody_can_have_a_request_of_their_own_signed(token: Any, stamp: Any) -> None:
    """The same key signs validations and requests: what we sign can be no time followed by JSON."""
    assert PLATFORM.answer(validation(token, stamp), CREDS) is None


def test_without_a_secret_nothing_is_signed() -> None:
    assert PLATFORM.answer(validation("abc", "1"), {}) is None
    assert PLATFORM.answer(request(message("x")), CREDS) is None
    assert PLATFORM.answer(replace(request(b"[")), CREDS) is None


def test_what_qq_signs_is_taken() -> None:
    asked = request(message("Bonjour"))
    PLATFORM.verify(asked, CREDS)
    taken = PLATFORM.taken(asked, CREDS)
    assert (json.loads(taken.body), taken.content_type) == ({"op": 12}, "application/json")


@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=70),
    body=st.binary(),
)
def test_any_secret_makes_the_same_key_here_there_and_in_pynacl(secret: str, body: bytes) -> None:
    theirs = SigningKey((secret * 32).encode()[:32]).sign(body).signature
    assert signing.key_of(secret).sign(body) == theirs
    assert simulated.signature(secret, body) == theirs.hex()


def without(asked: Inbound, name: str) -> Inbound:
    return replace(asked, headers={k: v for k, v in asked.headers.items() if k != name})


GOOD = request(message("Bonjour"))
OTHER = SigningKey(bytes(32)).sign(b"1725442341" + GOOD.body).signature.hex()
REFUSED = {
    "no signature": without(GOOD, "x-signature-ed25519"),
    "no time": without(GOOD, "x-signature-timestamp"),
    "another time": replace(GOOD, headers={**GOOD.headers, "x-signature-timestamp": "1725442342"}),
    "another body": replace(GOOD, body=GOOD.body + b" "),
    "another key": replace(GOOD, headers={**GOOD.headers, "x-signature-ed25519": OTHER}),
    "not hex": replace(GOOD, headers={**GOOD.headers, "x-signature-ed25519": "xyz"}),
    "too short": replace(GOOD, headers={**GOOD.headers, "x-signature-ed25519": "00" * 63}),
    "for another bot": replace(GOOD, headers={**GOOD.headers, "x-bot-appid": "102000002"}),
    "a validation's signature": replace(
        GOOD, headers={**GOOD.headers, "x-signature-ed25519": key().sign(b"1725442341abc").signature.hex()}
    ),
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED.keys())
def test_refused(asked: Inbound) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(asked, CREDS)


@pytest.mark.parametrize("creds", [{}, {**CREDS, "app_secret": ""}, {**CREDS, "app_secret": SECRET + "x"}])
def test_refused_without_the_secret(creds: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(GOOD, creds)

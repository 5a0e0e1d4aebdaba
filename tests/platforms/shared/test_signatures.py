"""Signatures: known vectors, and everything that is not one."""

from __future__ import annotations

import pytest

from apps.platforms.base import BadSignature
from apps.platforms.shared import signatures

BODY = b'{"object":"page","entry":[]}'
META = "sha256=0e9e0080a310f376450c46d999aa4d49ed772bfe43c13205f38a3a6e6611ed2b"  # Meta's scheme, RFC 2104


def test_a_known_signature_is_taken() -> None:
    signatures.check(META, "appsecret", BODY, prefix="sha256=")
    assert signatures.sign("k", b"", algorithm="sha1", encoding="base64").endswith("=")


@pytest.mark.parametrize(
    ("given", "key", "body"),
    [
        ("", "appsecret", BODY),
        (META[:-1], "appsecret", BODY),
        (META[7:], "appsecret", BODY),
        (META.upper(), "appsecret", BODY),
        (META, "other", BODY),
        (META, "appsecret", BODY + b" "),
        ("sha256=" + signatures.sign("", BODY), "", BODY),
        ("sha256=\ud800é", "appsecret", BODY),
    ],
    ids=["none", "cut", "no prefix", "upper case", "other key", "other body", "empty key", "not text"],
)
@pytest.mark.advisory("S22", "Standard Webhooks")
def test_everything_else_is_refused(given: str, key: str, body: bytes) -> None:
    with pytest.raises(BadSignature):
        signatures.check(given, key, body, prefix="sha256=")


def test_an_empty_secret_equals_nothing() -> None:
    assert signatures.same("a", "a")
    assert not signatures.same("", "")
    assert not signatures.same("a", "")

"""Tokens both ways: the vectors of the protocol facts, and every forgery that must fail."""

from __future__ import annotations

import base64
import json

import jwt
import pytest

from apps.platforms.apple_messages import tokens
from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import BadCredentials, BadSignature

from .payloads import AT, CREDS, MSP, NOW, RAW_SECRET, SECRET, b64url, request, token

OUT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJNU1AtMSIsImlhdCI6MTcwMDAwMDAwMH0."
    "7AY5Jh2qQaS8yAoH2cinfztZGvoy4_zlsGmjV4ZnbWA"
)
IN = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJhdWQiOiJNU1AtMSIsImlhdCI6MTcwMDAwMDAwMH0."
    "0eftY3GDSj_8UIbyB_jMxPTcembsYkNQRnFT_sa5zCc"
)
PLATFORM = AppleMessages(clock=lambda: NOW)


def unsigned(header: dict[str, str]) -> str:
    parts = [header, {"aud": MSP, "iat": NOW}]
    return b".".join([*(b64url(json.dumps(part).encode()) for part in parts), b""]).decode()


def rs256() -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode({"aud": MSP, "iat": NOW}, key, algorithm="RS256")


def test_our_token_is_the_vector():
    assert tokens.mint(CREDS, NOW + 0.9) == OUT


def test_apples_vector_is_accepted():
    PLATFORM.verify(request(headers={"authorization": f"Bearer {IN}"}), CREDS)


@pytest.mark.parametrize(
    ("label", "claims"),
    [
        ("aud as text", {"aud": MSP, "iat": NOW}),
        ("aud as list", {"aud": ["other", MSP], "iat": NOW}),
        ("as old as allowed", {"aud": MSP, "iat": NOW - 3600}),
        ("as far ahead as allowed", {"aud": MSP, "iat": NOW + 3600}),
        ("iat with a fraction", {"aud": MSP, "iat": NOW + 0.5}),
    ],
)
def test_accepted(label, claims):
    PLATFORM.verify(request(headers={"authorization": f"Bearer {token(claims)}"}), CREDS)


def test_scheme_is_case_insensitive_and_secret_may_be_wrapped():
    wrapped = CREDS | {"secret": f" {SECRET[:20]}\n{SECRET[20:]} "}
    PLATFORM.verify(request(headers={"authorization": f"bearer  {token()}"}), wrapped)


def test_age_is_configurable():
    old = request(headers={"authorization": f"Bearer {token({'aud': MSP, 'iat': NOW - 61})}"})
    AppleMessages(clock=lambda: NOW, max_token_age=61).verify(old, CREDS)
    with pytest.raises(BadSignature, match="too old"):
        AppleMessages(clock=lambda: NOW, max_token_age=60).verify(old, CREDS)


@pytest.mark.parametrize(
    ("label", "authorization"),
    [
        ("missing", None),
        ("empty", ""),
        ("no token", "Bearer "),
        ("other scheme", f"Basic {token()}"),
        ("not a token", "Bearer abc"),
        ("alg none", f"Bearer {unsigned({'alg': 'none'})}"),
        ("HS512 in the header", f"Bearer {token(header={'alg': 'HS512', 'typ': 'JWT'})}"),
        ("RS256", f"Bearer {rs256()}"),
        ("signed with the undecoded secret", f"Bearer {token(key=SECRET.encode())}"),
        ("signed with nothing", f"Bearer {token(key=b'')}"),
        ("cut signature", f"Bearer {token()[:-2]}"),
        ("too old", f"Bearer {token({'aud': MSP, 'iat': NOW - 3601})}"),
        ("from the future", f"Bearer {token({'aud': MSP, 'iat': NOW + 3601})}"),
        ("no iat", f"Bearer {token({'aud': MSP})}"),
        ("iat as text", f"Bearer {token({'aud': MSP, 'iat': str(NOW)})}"),
        ("iat true", f"Bearer {token({'aud': MSP, 'iat': True})}"),
        ("iat infinite", f"Bearer {token({'aud': MSP, 'iat': float('inf')})}"),
        ("iat not a number", f"Bearer {token({'aud': MSP, 'iat': float('nan')})}"),
        ("iat beyond floats", f"Bearer {token({'aud': MSP, 'iat': 10**400})}"),
        ("no aud", f"Bearer {token({'iat': NOW})}"),
        ("iss in place of aud", f"Bearer {token({'iss': MSP, 'iat': NOW})}"),
        ("another MSP", f"Bearer {token({'aud': 'MSP-2', 'iat': NOW})}"),
        ("other MSPs in a list", f"Bearer {token({'aud': ['MSP-2'], 'iat': NOW})}"),
        ("aud a number", f"Bearer {token({'aud': 1, 'iat': NOW})}"),
        ("expired by its own words", f"Bearer {token({'aud': MSP, 'iat': NOW, 'exp': 1})}"),
        ("claims a list", f"Bearer {token(claims=['aud'])}"),
    ],
)
@pytest.mark.advisory("S22", "adcp #4772")
def test_refused(label, authorization):
    with pytest.raises(BadSignature):
        PLATFORM.verify(request(headers={"authorization": authorization}), CREDS)


def test_an_empty_msp_id_is_nobodys_audience():
    signed = token({"aud": [""], "iat": NOW})
    with pytest.raises(BadSignature, match="MSP ID"):
        PLATFORM.verify(request(headers={"authorization": f"Bearer {signed}"}), CREDS | {"msp_id": ""})


@pytest.mark.parametrize("changed", [{"secret": ""}, {"secret": "@@"}, {"secret": "é"}, {"msp_id": ""}])
def test_refused_without_something_to_check_with(changed):
    empty = b"" if not changed.get("secret", "x") else RAW_SECRET
    signed = token({"aud": changed.get("msp_id", MSP), "iat": NOW}, key=empty)
    with pytest.raises(BadSignature):
        PLATFORM.verify(request(headers={"authorization": f"Bearer {signed}"}), CREDS | changed)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"secret": ""}, "secret"),
        ({"secret": "not base64!"}, "secret"),
        ({"secret": base64.b64encode(b"x" * 31).decode().rstrip("=")}, "secret"),
        ({"msp_id": ""}, "msp_id"),
    ],
)
def test_minting_names_the_field(changed, field):
    with pytest.raises(BadCredentials) as caught:
        tokens.mint(CREDS | changed, NOW)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("label", "headers", "at"),
    [
        ("of Apple's token", {"authorization": f"Bearer {IN}"}, AT),
        ("no token", {}, tokens.UNKNOWN_TIME),
        ("no iat", {"authorization": f"Bearer {token({'aud': MSP})}"}, tokens.UNKNOWN_TIME),
        ("absurd", {"authorization": f"Bearer {token({'iat': 1e300})}"}, tokens.UNKNOWN_TIME),
        ("infinite", {"authorization": f"Bearer {token({'iat': float('inf')})}"}, tokens.UNKNOWN_TIME),
        ("a list", {"authorization": f"Bearer {token({'iat': []})}"}, tokens.UNKNOWN_TIME),
    ],
)
def test_issued_at(label, headers, at):
    assert tokens.issued_at(headers) == at

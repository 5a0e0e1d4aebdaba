"""Signatures against the reference library."""

from __future__ import annotations

import base64
import time

import pytest
from standardwebhooks.webhooks import Webhook

from apps.platforms.base import BadSignature, Inbound
from apps.platforms.custom import signing
from apps.platforms.custom.adapter import Custom
from tests.platforms.custom.payloads import CREDS, NOW, OTHER, SECRET, request, signed


@pytest.mark.parametrize("late", [-299, 0, 299])
def test_the_reference_library_is_believed(late: int) -> None:
    Custom(clock=lambda: NOW + late).verify(signed('{"é": 1}'.encode()), CREDS)


def test_the_reference_library_believes_us() -> None:
    body, now = '{"é": 1}'.encode(), time.time()
    assert Webhook(SECRET).verify(body, signing.headers("msg_1", SECRET, body, now=now)) == {"é": 1}


def test_one_good_signature_of_several_suffices() -> None:
    made = signed()
    several = f"v2,xx v1,{base64.b64encode(b'x' * 32).decode()} {made.headers['webhook-signature']}"
    Custom(clock=lambda: NOW).verify(request(b"{}", **{**made.headers, "webhook-signature": several}), CREDS)


REFUSED: dict[str, tuple[Inbound, dict[str, str]]] = {
    "too old": (signed(at=NOW - 301), CREDS),
    "too early": (signed(at=NOW + 301), CREDS),
    "other secret": (signed(secret=OTHER), CREDS),
    "no secret": (signed(), {}),
    "short secret": (signed(), {"secret": "whsec_QUFBQQ=="}),
    "changed body": (request(b"{ }", **signed().headers), CREDS),
    "changed id": (request(b"{}", **{**signed().headers, "webhook-id": "msg_2"}), CREDS),
    "changed time": (request(b"{}", **{**signed().headers, "webhook-timestamp": str(NOW + 1)}), CREDS),
    "no number": (request(b"{}", **{**signed().headers, "webhook-timestamp": "1e9"}), CREDS),
    "nothing": (request(b"{}"), CREDS),
    "other version": (request(b"{}", **{**signed().headers, "webhook-signature": "v1a,xx"}), CREDS),
    "not ascii": (request(b"{}", **{**signed().headers, "webhook-signature": "v1,é"}), CREDS),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nobody_else_is_believed(case: str) -> None:
    made, creds = REFUSED[case]
    with pytest.raises(BadSignature):
        Custom(clock=lambda: NOW).verify(made, creds)

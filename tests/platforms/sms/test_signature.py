"""Who may post: Twilio's published values, its own library's, and everything that must not pass."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from apps.platforms.base import BadSignature, Inbound
from apps.platforms.sms.adapter import PLATFORM

from .requests import CREDS, RECEIVED, TOKEN, URL, request, signature

# The values of https://www.twilio.com/docs/usage/security.
DOCUMENTED = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
DOCUMENTED_URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
JSON_URL = f"{DOCUMENTED_URL}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON = b'{"property": "value", "boolean": true}'


def made(url: str, body: bytes, signed: str) -> Inbound:
    headers = {"x-twilio-signature": signed}
    return Inbound(method="POST", path="/", query={}, headers=headers, body=body, url=url)


def verify(asked: Inbound, **creds: str) -> None:
    PLATFORM.verify(asked, {**CREDS, **creds})


def test_the_documented_form_and_json() -> None:
    form = urlencode(DOCUMENTED).encode()
    verify(made(DOCUMENTED_URL, form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), auth_token="12345")
    verify(made(JSON_URL, JSON, "a9nBmqA0ju/hNViExpshrM61xv4="), auth_token="12345")


def test_a_changed_json_body_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify(made(JSON_URL, JSON + b" ", "a9nBmqA0ju/hNViExpshrM61xv4="), auth_token="12345")


PORTS = {
    "as registered": (URL, URL),
    "Twilio adds the port": (URL, URL.replace("example/", "example:443/")),
    "Twilio leaves the port out": (URL.replace("example/", "example:443/"), URL),
    "another port, left out": (URL.replace("example/", "example:8443/"), URL),
    "plain HTTP": ("http://chat.example/x", "http://chat.example:80/x"),
}


@pytest.mark.parametrize(("ours", "theirs"), PORTS.values(), ids=PORTS.keys())
def test_with_and_without_the_port(ours: str, theirs: str) -> None:
    verify(request(RECEIVED, url=ours, signed=signature(theirs, RECEIVED)))


def test_either_token_while_it_is_changed() -> None:
    asked = request(RECEIVED, signed=signature(URL, RECEIVED, "the-next-token"))
    verify(asked, second_token="the-next-token")
    with pytest.raises(BadSignature):
        verify(asked)


def test_repeated_names_and_values() -> None:
    """Twilio signs every value of a name once, in order."""
    given = [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "a"), ("Body", "é €")]
    verify(made(URL, urlencode(given).encode(), signature(URL, MultiDict(given))))


SIGNED = request(RECEIVED)
NO: dict[str, Inbound] = {
    "no signature": replace(SIGNED, headers={}),
    "another address": replace(SIGNED, url="https://evil.example/hooks/sms/key/"),
    "another path": replace(SIGNED, url=f"{URL}more"),
    "another query": replace(SIGNED, url=f"{URL}?a=1"),
    "another body": replace(SIGNED, body=SIGNED.body.replace(b"Bonjour", b"Bonsoir")),
    "one field more": replace(SIGNED, body=SIGNED.body + b"&Admin=1"),
    "no UTF-8": replace(SIGNED, body=b"Body=\xff"),
    "another token": request(RECEIVED, signed=signature(URL, RECEIVED, "other")),
    "a stored request": replace(SIGNED, url=""),
    "an address that is none": replace(SIGNED, url="https://[bad/"),
    "a port that is none": replace(SIGNED, url="https://chat.example:x/"),
    "no ASCII": replace(SIGNED, headers={"x-twilio-signature": "é"}),
    "no digest of a body": replace(SIGNED, url=f"{URL}?bodySHA256="),
}


@pytest.mark.parametrize("asked", NO.values(), ids=NO.keys())
def test_what_is_refused(asked: Inbound) -> None:
    with pytest.raises(BadSignature):
        verify(asked)


@pytest.mark.parametrize("creds", [{}, {"auth_token": ""}, {"auth_token": "", "second_token": ""}])
def test_without_a_token_nobody_is_believed(creds: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(request(RECEIVED, signed=signature(URL, RECEIVED, "")), creds)


NAMES = st.text(st.characters(min_codepoint=65, max_codepoint=90), min_size=1, max_size=6)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(fields=st.dictionaries(NAMES, VALUES, max_size=6), port=st.sampled_from(["", ":443", ":8443"]))
def test_we_and_twilios_library_agree(fields: dict[str, Any], port: str) -> None:
    url = f"https://chat.example{port}/hooks/sms/key/"
    ours = request(fields, url=url)
    verify(ours)
    assert RequestValidator(TOKEN).validate(url, fields, ours.headers["x-twilio-signature"])

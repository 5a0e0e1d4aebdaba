"""Requests as Twilio makes them, signed by its own library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from apps.platforms.base import Inbound

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "the-auth-token"
NUMBER, CUSTOMER = "+33644600000", "+33612345678"
CREDS = {"account_sid": ACCOUNT, "auth_token": TOKEN, "number": NUMBER}
PATH = "/hooks/sms/key/"
URL = f"https://chat.example{PATH}"
SID = "SM" + "1" * 32

RECEIVED = {
    "ToCountry": "FR",
    "MessageSid": SID,
    "SmsSid": SID,
    "SmsMessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": CUSTOMER,
    "To": NUMBER,
    "Body": "Bonjour",
    "NumMedia": "0",
    "NumSegments": "1",
    "SmsStatus": "received",
    "ApiVersion": "2010-04-01",
}
STATUS = {
    "MessageSid": SID,
    "SmsSid": SID,
    "AccountSid": ACCOUNT,
    "From": NUMBER,
    "To": CUSTOMER,
    "MessageStatus": "delivered",
    "SmsStatus": "delivered",
    "ApiVersion": "2010-04-01",
}


def signature(url: str, fields: Mapping[str, Any], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, fields))


def request(fields: dict[str, Any], *, path: str = PATH, url: str = "", signed: str = "") -> Inbound:
    """A form, signed for `url` (by default under the usual name and `path`)."""
    url = url or f"https://chat.example{path}"
    return Inbound(
        method="POST",
        path=path,
        query={},
        headers={"x-twilio-signature": signed or signature(url, fields)},
        body=urlencode(fields, doseq=True).encode(),
        url=url,
    )

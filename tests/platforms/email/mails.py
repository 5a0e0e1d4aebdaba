"""Mails as they come, signed as the gateway signs them."""

from __future__ import annotations

import hashlib
import hmac
import time
from email.message import EmailMessage
from email.policy import SMTP

from apps.platforms.base import Inbound

US, CUSTOMER = "help@shop.example", "ana@customer.example"
SECRET = "a-secret-of-both-sides"
CREDS = {"address": US, "sender_name": "Acme", "signing_secret": SECRET}


def made(text: str = "Hello", **headers: str) -> EmailMessage:
    """A mail; an underscore in a header's name is a hyphen."""
    mail = EmailMessage(policy=SMTP)
    mail.set_content(text)
    about = {
        "From": f"Ana <{CUSTOMER}>",
        "To": US,
        "Subject": "My order",
        "Message_ID": "<m1@customer.example>",
    }
    for name, value in {**about, **headers}.items():
        if value:
            mail[name.replace("_", "-")] = value
    return mail


def signature(body: bytes, *, at: float | None = None, secret: str = SECRET) -> str:
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def request(mail: EmailMessage | bytes, *, signed: str = "") -> Inbound:
    body = mail if isinstance(mail, bytes) else mail.as_bytes()
    head = {"x-comptoir-signature": signed or signature(body), "x-comptoir-address": US}
    return Inbound(method="POST", path="/hooks/email/key/", query={}, headers=head, body=body)

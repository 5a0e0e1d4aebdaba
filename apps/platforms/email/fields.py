"""What a business fills in: its address, the secret of arriving mail, and the way on which mail goes out."""

from __future__ import annotations

from collections.abc import Sequence

from apps.platforms.base import Credential
from apps.platforms.shared import servers

INBOUND: Sequence[Credential] = (
    Credential(
        name="address",
        label="Your address",
        pattern=r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}",
        help="What customers write to, such as help@shop.example.",
    ),
    Credential(
        name="sender_name",
        label="Name beside it",
        required=False,
        pattern=r"[^\x00-\x1f\x7f<>\"]{1,80}",
        help="What customers see as the sender; your address alone when left empty.",
    ),
    Credential(
        name="signing_secret",
        label="Signing secret",
        secret=True,
        pattern=r"[!-~]{16,200}",
        help="Letters and digits that you make up here and give to the program that hands us your mail.",
    ),
)

SUBMISSION: Sequence[Credential] = (
    Credential(
        name="smtp_host",
        label="Mail server",
        required=False,
        server=True,
        pattern=r"[A-Za-z0-9.:-]{1,250}",
        help="Where your mail programs send, such as smtp.shop.example.",
    ),
    Credential(
        name="smtp_security",
        label="Encryption",
        required=False,
        choices=(
            ("tls", "TLS from the start (port 465)"),
            ("starttls", "STARTTLS (port 587)"),
            ("none", "None (only to servers that this service's operator lists)"),
        ),
    ),
    Credential(
        name="smtp_port",
        label="Port",
        required=False,
        server=True,
        pattern=r"[1-9]\d{0,4}",
        help="Only when it is another than usual.",
    ),
    Credential(
        name="smtp_user",
        label="User name at the mail server",
        required=False,
        pattern=r"[^\x00-\x1f\x7f]{1,250}",
        help="Often the address itself.",
    ),
    Credential(
        name="smtp_password",
        label="Password at the mail server",
        secret=True,
        required=False,
        pattern=r"[^\x00-\x1f\x7f]{1,500}",
        help="Where there are app passwords, one made for this.",
    ),
)

GATEWAY: Sequence[Credential] = (
    servers.base_url(
        "Or a mail gateway",
        help="Only without a mail server above: where answers are posted, "
        "such as https://mail.shop.example/comptoir.",
    ),
)

ALL: Sequence[Credential] = (*INBOUND, *SUBMISSION, *GATEWAY)

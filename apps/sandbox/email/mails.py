"""What stands in a mail, on the customer's side: a mail program that quotes what it answers."""

from __future__ import annotations

import secrets
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import NamedTuple

from django.utils import timezone

from apps.sandbox.models import SandboxFile, SandboxMessage, SandboxThread


class Read(NamedTuple):
    """A mail that the business sent. `file` is (name, type, bytes)."""

    ref: str
    to: str
    subject: str
    text: str
    file: tuple[str, str, bytes] | None


def write(
    thread: SandboxThread, text: str, *, subject: str, file: tuple[SandboxFile, bytes] | None = None
) -> tuple[str, bytes]:
    """Message-ID and bytes of a mail of the customer's; an answer quotes the last mail it answers."""
    made = EmailMessage(policy=SMTP)
    ref = f"{secrets.token_hex(12)}@customer.example"
    made["From"] = f"{thread.phone.name} <{thread.address}>"
    made["To"] = thread.account.address
    made["Subject"] = subject
    made["Date"] = timezone.now()
    made["Message-ID"] = f"<{ref}>"
    answered = thread.messages.filter(mine=False).exclude(kind="info").order_by("-number").first()
    if answered is not None:
        made["In-Reply-To"] = made["References"] = f"<{answered.ref}>"
        text = f"{text}\n\n{_quoted(answered)}"
    made.set_content(text)
    if file is not None:
        kind, _slash, subtype = file[0].mime.partition("/")
        made.add_attachment(file[1], maintype=kind, subtype=subtype or "x", filename=file[0].name)
    made["Content-Language"] = thread.phone.locale  # last: setting the content drops it
    return ref, made.as_bytes()


def read(body: bytes) -> Read:
    """What the business sent. Raises ValueError for what is no mail to one person."""
    mail = message_from_bytes(body, policy=default)
    if not isinstance(mail, EmailMessage) or not mail["Message-ID"] or not mail["To"] or not mail["From"]:
        raise ValueError("From, To and Message-ID are needed")
    plain = mail.get_body(preferencelist=("plain",))
    files = [
        (part.get_filename() or "file", part.get_content_type(), part.get_payload(decode=True))
        for part in mail.iter_attachments()
    ]
    return Read(
        ref=str(mail["Message-ID"]).strip("<> "),
        to=mail["To"].addresses[0].addr_spec.lower(),
        subject=str(mail["Subject"] or ""),
        text=plain.get_content().replace("\r\n", "\n").strip() if plain is not None else "",
        file=files[0] if files else None,  # type: ignore[arg-type]
    )


def _quoted(answered: SandboxMessage) -> str:
    when = timezone.localtime(answered.at)
    head = f"On {when:%a, %d %b %Y at %H:%M}, {answered.thread.account.name} <help> wrote:"
    return "\n".join([head, *(f"> {line}" for line in answered.text.split("\n"))])

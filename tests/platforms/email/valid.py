"""What a mail server takes: RFC 5322 (lines of at most 998 bytes that end in CRLF) with a text part."""

from __future__ import annotations

from email import message_from_bytes, policy

from tests.platforms.handset import Asked


def check(asked: Asked) -> None:
    mail = message_from_bytes(asked.body, policy=policy.default)
    assert mail.defects == [], mail.defects
    assert [line for line in asked.body.split(b"\r\n") if len(line) > 998 or b"\n" in line] == []
    assert mail["From"] and mail["To"] and mail["Message-ID"] and mail["Date"]
    body = mail.get_body(("plain",))
    assert body is not None or next(mail.iter_attachments(), None) is not None

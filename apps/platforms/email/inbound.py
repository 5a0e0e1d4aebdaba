"""A mail to events: words, files, thread; what programs send by themselves is no customer's message.

A message that answers by itself is never shown, so that nothing can ever answer it (RFC 3834); a report about
a mail of ours that came back is a failed delivery (RFC 3464).
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses
from typing import Any

from apps.platforms.base import Malformed
from apps.platforms.email import quoting
from apps.platforms.events import (
    DeliveryState,
    DeliveryUpdated,
    Event,
    Facts,
    MediaKind,
    MediaRef,
    MessageReceived,
)
from apps.platforms.shared import opting, tags

KINDS = {"image": MediaKind.IMAGE, "audio": MediaKind.AUDIO, "video": MediaKind.VIDEO}
# As the whole mail; the other words of telephone networks ("cancel", "end") are ordinary answers here.
STOP = frozenset({"STOP", "UNSUBSCRIBE", "DÉSINSCRIRE", "DÉSABONNER"})
BY_ITSELF = frozenset({"bulk", "junk", "list", "auto_reply"})
MACHINES = re.compile(r"(mailer-daemon|postmaster|no-?reply|do-?not-?reply)@", re.IGNORECASE)
MOST_QUOTED = 4000  # characters that are kept of the mail that was answered
LATEST = timedelta(minutes=5)
OLDEST = timedelta(days=7)
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,190}")
_ID = re.compile(r"<([^<>\s]{1,400})>")


def message_id(mail: EmailMessage) -> str:
    """Without its brackets; "" when the mail has none."""
    return _ids(mail, "Message-ID")[0] if _ids(mail, "Message-ID") else ""


def events(mail: EmailMessage, *, to: str, ref: str, now: datetime) -> Sequence[Event]:
    """Raises Malformed for what has no sender."""
    if mail.get_content_type() == "multipart/report":
        return list(_report(mail, to, ref, now))
    name, customer = _sender(mail)
    if _by_itself(mail, customer, to):
        return []
    said = _message(mail, {"to": to, "address": customer, "ref": ref, "at": _time(mail, now)}, name)
    return opting.events(said, "STOP" if said.text.strip().upper() in STOP else "")


def _message(mail: EmailMessage, about: dict[str, Any], name: str) -> MessageReceived:
    subject = tags.read(_header(mail, "Subject"))
    text, quoted = quoting.fold(_text(mail))
    files = tuple(_files(mail))
    answered = _ids(mail, "In-Reply-To")
    shown = "" if subject.text.startswith("[#") else subject.text
    facts = [("Subject", "" if answered else shown), ("Quoted text", quoted[:MOST_QUOTED])]
    return MessageReceived(
        **about,
        facts=Facts(name=name, locale=_header(mail, "Content-Language")[:35]),
        text=text or ("" if files or answered else shown),
        media=files,
        tag=subject.tag,
        group=subject.group,
        reply_to=answered[-1] if answered else "",
        details=tuple((label, words) for label, words in facts if words),
        handle=_thread(mail, shown, about["ref"]),
        unsupported="" if text or files or shown else "empty",
    )


def _thread(mail: EmailMessage, subject: str, ref: str) -> dict[str, str]:
    """What an answer has to name (RFC 5322, 3.6.4): the last of a long thread is enough."""
    line = [*_ids(mail, "References")[-10:], ref]
    return {"subject": subject[:300], "in_reply_to": ref, "references": " ".join(dict.fromkeys(line))[:2000]}


def _by_itself(mail: EmailMessage, sender: str, ours: str) -> bool:
    """Whether a program sent it without a person: an absence, a list, a machine, or we ourselves."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    return (
        submitted not in ("", "no")
        or _header(mail, "Precedence").strip().lower() in BY_ITSELF
        or "List-Id" in mail
        or "X-Autoreply" in mail
        or _header(mail, "Return-Path").strip() == "<>"
        or MACHINES.match(sender) is not None
        or sender == ours.lower()
    )


def _report(mail: EmailMessage, to: str, ref: str, now: datetime) -> Iterator[Event]:
    """A mail of ours that came back, or arrived; reports without our Message-ID say nothing."""
    parts = list(mail.walk())
    told = next((part for part in parts if "Action" in part), None)
    status = {name.lower(): str(value) for name, value in told.items()} if told is not None else {}
    returned = [part for part in parts if part is not mail and "Message-ID" in part]
    ours = message_id(returned[0]) if returned and isinstance(returned[0], EmailMessage) else ""
    state = {"failed": DeliveryState.FAILED, "delivered": DeliveryState.DELIVERED}.get(
        status.get("action", "").strip().lower()
    )
    if state is None or not ours:
        return
    recipient = status.get("final-recipient", "").partition(";")[2].strip().lower()
    failed = state is DeliveryState.FAILED
    yield DeliveryUpdated(
        to=to,
        address=recipient,
        ref=ref,
        at=now,
        target=ours,
        state=state,
        delivery_id=ours.partition("@")[0],
        code=status.get("status", "")[:60] if failed else "",
        words=status.get("diagnostic-code", "")[:500] if failed else "",
    )


def _sender(mail: EmailMessage) -> tuple[str, str]:
    """Name and address of who wrote; Reply-To says where answers are wanted."""
    for header in ("Reply-To", "From"):
        for name, address in getaddresses([_header(mail, header)]):
            if _ADDRESS.fullmatch(address):
                return name[:120], address.lower()
    raise Malformed("the mail names no sender")


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    text = _decoded(part)
    return quoting.text_of(text) if part.get_content_subtype() == "html" else text


def _decoded(part: MIMEPart) -> str:
    """In its own character set; one that nobody knows is read as UTF-8."""
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace").replace("\x00", "\ufffd")
    except LookupError:
        return raw.decode("utf-8", "replace").replace("\x00", "\ufffd")


def _files(mail: EmailMessage) -> Iterator[MediaRef]:
    """Attachments and pictures between the words; each lies in its own locator."""
    body = mail.get_body(preferencelist=("plain", "html"))
    for part in mail.walk():
        named = part.get_filename() or part.get_content_disposition() == "attachment"
        if part is body or part.is_multipart() or not (named or part.get_content_maintype() in KINDS):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            yield _file(part.get_content_type(), str(part.get_filename() or "file"), content)


def _file(mime: str, name: str, content: bytes) -> MediaRef:
    return MediaRef(
        kind=KINDS.get(mime.partition("/")[0], MediaKind.FILE),
        locator={"content": b64encode(content).decode()},
        name=_clean(name)[:200],
        mime=mime,
        size=len(content),
    )


def _header(mail: EmailMessage, name: str) -> str:
    return _clean(str(mail.get(name) or ""))


def _clean(words: str) -> str:
    """One line that a database takes."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]+", " ", words).strip()


def _ids(mail: EmailMessage, name: str) -> list[str]:
    return _ID.findall(_header(mail, name))


def _time(mail: EmailMessage, now: datetime) -> datetime:
    """What the mail says, unless it cannot be."""
    date = getattr(mail.get("Date"), "datetime", None)
    if not isinstance(date, datetime) or date.tzinfo is None:
        return now
    at = date.astimezone(UTC)
    return at if now - OLDEST < at < now + LATEST else now

"""One part of a message as a mail."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from apps.platforms.base import Credentials, MediaFile, Outgoing, Part, Rejected, Unreachable
from apps.platforms.cards import fallback_text

_LOCAL = re.compile(r"[^\x00-\x20\x7f\"(),:;<>@\[\\\]]{1,64}")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def ref_of(outgoing: Outgoing, creds: Credentials) -> str:
    """The Message-ID, without brackets: our own id, so that a repetition is the same mail."""
    domain = creds.get("address", "").rpartition("@")[2]
    return f"{outgoing.id}@{domain}"


def mail(outgoing: Outgoing, creds: Credentials) -> bytes:
    """The bytes that go out: ASCII unless the customer's address is not. Raises SendError for what cannot be
    a mail."""
    made = EmailMessage(policy=SMTP if written(outgoing.to).isascii() else SMTPUTF8)
    made.set_content(_words(outgoing.part) or "\n", cte="quoted-printable")
    if outgoing.media is not None:
        _attach(made, outgoing.media)
    try:
        _head(made, outgoing, creds)  # last: setting the content drops headers that describe it
    except (ValueError, IndexError, LookupError, AttributeError, MessageError):
        raise Rejected("an address or a heading cannot stand in a mail", code="bad_address") from None
    return made.as_bytes()


def written(address: str) -> str:
    """An address as servers know it: its domain in ASCII (RFC 5890). Raises Rejected."""
    local, at, domain = address.rpartition("@")
    try:
        return address if domain.isascii() else f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        raise Rejected("the address's domain cannot be", code="bad_address") from None


def _head(made: EmailMessage, outgoing: Outgoing, creds: Credentials) -> None:
    thread = outgoing.handle
    ours = Address(display_name=_line(creds.get("sender_name", "")), addr_spec=creds["address"])
    made["From"] = ours
    made["To"] = _address(written(outgoing.to))
    made["Subject"] = _subject(thread.get("subject", ""), creds)
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{ref_of(outgoing, creds)}>"
    if thread.get("in_reply_to"):
        made["In-Reply-To"] = f"<{_line(thread['in_reply_to'])}>"
        line = _line(thread.get("references", "") or thread["in_reply_to"]).split()
        made["References"] = " ".join(f"<{each}>" for each in line)
    if outgoing.automatic:
        made["Auto-Submitted"] = "auto-replied"  # RFC 3834: other programs do not answer it
    if outgoing.locale:
        made["Content-Language"] = _line(outgoing.locale)


def _address(written: str) -> Address:
    """Raises ValueError, IndexError. The library's parser knows no local parts outside ASCII (RFC 6531)."""
    local, _at, domain = written.rpartition("@")
    if local.isascii():
        return Address(addr_spec=written)
    if not _LOCAL.fullmatch(local) or not domain:
        raise ValueError(local)
    return Address(username=local, domain=domain)


def _subject(given: str, creds: Credentials) -> str:
    subject = _line(given) or _line(creds.get("sender_name", "")) or creds["address"]
    return subject if re.match(r"(re|aw|sv|tr) ?:", subject, re.IGNORECASE) else f"Re: {subject}"


def _words(part: Part) -> str:
    if part.kind == "card" and part.card is not None:
        return fallback_text(part.card)
    if part.kind in ("text", "link", "media"):
        return part.text
    raise Rejected(f"a mail cannot be a part of kind {part.kind!r}", code="unsupported_part")


def _attach(made: EmailMessage, media: MediaFile) -> None:
    known = re.fullmatch(r"[\w.+-]+/[\w.+-]+", media.mime, re.ASCII)
    kind, _slash, subtype = (media.mime if known else "application/octet-stream").partition("/")
    try:
        content = media.path.read_bytes()
    except OSError:
        raise Unreachable("the file cannot be read", code="file_missing") from None
    made.add_attachment(content, maintype=kind, subtype=subtype, filename=_line(media.name))


def _line(words: str) -> str:
    return _UNSAFE.sub(" ", words).strip()

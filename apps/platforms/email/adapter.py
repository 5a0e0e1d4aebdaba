"""E-mail through a gateway of the business's own (docs/email-gateway.md)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from hashlib import sha256
from typing import BinaryIO, ClassVar
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms import compose
from apps.platforms.base import (
    Capabilities,
    Connection,
    Content,
    Credential,
    Credentials,
    Inbound,
    Malformed,
    Outgoing,
    Part,
    Platform,
    Rejected,
    RetryClass,
)
from apps.platforms.email import gateway, inbound, outbound
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import tags

MB = 1024 * 1024
TEXT_LIMIT = 100_000


class Email(Platform):
    """Our address is the mailbox, customers' are theirs, all in small letters."""

    slug: ClassVar[str] = "email"
    name: ClassVar[str] = "E-mail"
    largest_request: ClassVar[int] = 26 * MB  # the largest mail that usual servers take, and its frame
    credentials: ClassVar[Sequence[Credential]] = (
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
            help="Letters and digits that you make up here and give to your mail gateway too.",
        ),
        Credential(
            name="base_url",
            label="Mail gateway",
            required=False,
            pattern=r"https?://[^\s?#]+",
            help="Where answers are posted, such as https://mail.shop.example/comptoir.",
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=TEXT_LIMIT,
        caption_limit=TEXT_LIMIT,
        media_limit=18 * MB,  # 25 in a mail, where a third is added
        delivery_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.KEYED,
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; where mail is posted to is set by hand at the gateway."""
        await self.check(creds, webhook_url, http)
        address = creds["address"].lower()
        return Connection(address=address, name=creds.get("sender_name") or address)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        await gateway.ask(creds, http)
        return "The mail gateway is ready"

    def verify(self, request: Inbound, creds: Credentials) -> None:
        gateway.verify(request, creds, now=time.time())

    def dedup_key(self, request: Inbound) -> str:
        return _ref(_mail(request), request)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        mail, to = _mail(request), creds.get("address", "").lower()
        try:
            return inbound.events(mail, to=to, ref=_ref(mail, request), now=datetime.now(UTC))
        except Malformed:
            raise
        except Exception as error:  # the library's own errors for broken headers are of many kinds
            raise Malformed(f"not a mail that can be read: {type(error).__name__}") from None

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """As the contract; the ref is the Message-ID."""
        gateway.headers(creds, b"", now=0)
        mail = await asyncio.to_thread(outbound.mail, outgoing, creds)
        await gateway.post(mail, creds, http)
        return outbound.ref_of(outgoing, creds)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """The file came with the mail and lies in its own locator."""
        try:
            sink.write(base64.b64decode(str(media.locator["content"]), validate=True))
        except (LookupError, binascii.Error, ValueError):
            raise Rejected("this file did not come with the mail", code="no_content") from None
        return media.mime

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """mailto:help@shop.example?subject=…, with the tag at the end of the subject."""
        words = tags.prefilled(tag, group=group, text=text)
        return f"mailto:{quote(address, safe='@')}" + (f"?subject={quote(words, safe='')}" if words else "")


def _mail(request: Inbound) -> EmailMessage:
    try:
        mail = message_from_bytes(request.body, policy=default)
        known = isinstance(mail, EmailMessage) and mail["From"] is not None
    except Exception as error:  # as above
        raise Malformed(f"not a mail that can be read: {type(error).__name__}") from None
    if not known:
        raise Malformed("the mail names no sender")
    return mail


def _ref(mail: EmailMessage, request: Inbound) -> str:
    """The Message-ID, or the digest of a mail that has none."""
    try:
        found = inbound.message_id(mail)
    except Exception:  # as above
        found = ""
    return found[:200] or sha256(request.body).hexdigest()


PLATFORM = Email()

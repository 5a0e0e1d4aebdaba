"""E-mail: it arrives at a webhook and leaves by the business's own mail server, or by a gateway that it runs
(docs/email.md)."""

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
    BadCredentials,
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
    Unknown,
)
from apps.platforms.email import fields, gateway, inbound, mail_server, outbound, submission
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import tags

MB = 1024 * 1024
TEXT_LIMIT = 100_000


class Email(Platform):
    """Our address is the mailbox, customers' are theirs, all in small letters.

    Class K is the gateway's. A mail server does not know a mail again, so by that way an Unknown is not
    repeatable, and what was once in doubt is not tried again.
    """

    slug: ClassVar[str] = "email"
    name: ClassVar[str] = "E-mail"
    largest_request: ClassVar[int] = 26 * MB  # the largest mail that usual servers take, and its frame
    credentials: ClassVar[Sequence[Credential]] = fields.ALL
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
        if _by_gateway(creds):
            await gateway.ask(creds, http)
            return "The mail gateway is ready"
        _signing_secret(creds)
        await submission.ask(mail_server.server_of(creds), http)
        return "The mail server is ready"

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
        if _by_gateway(creds):
            gateway.headers(creds, b"", now=0)
            await gateway.post(await _made(outgoing, creds), creds, http)
        else:
            await self._submit(outgoing, creds, http)
        return outbound.ref_of(outgoing, creds)

    async def _submit(self, outgoing: Outgoing, creds: Credentials, http: Http) -> None:
        server = mail_server.server_of(creds)
        if outgoing.doubted:
            raise Unknown("an earlier try may have gone out", code="no_answer", repeatable=False)
        mail, to = await _made(outgoing, creds), outbound.written(outgoing.to)
        await submission.submit(mail, server, http, sender=creds["address"], to=to)

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


def _by_gateway(creds: Credentials) -> bool:
    return bool(creds.get("base_url")) and not creds.get("smtp_host")


def _signing_secret(creds: Credentials) -> None:
    if not creds.get("signing_secret"):
        raise BadCredentials("the signing secret is missing", field="signing_secret")


async def _made(outgoing: Outgoing, creds: Credentials) -> bytes:
    return await asyncio.to_thread(outbound.mail, outgoing, creds)


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

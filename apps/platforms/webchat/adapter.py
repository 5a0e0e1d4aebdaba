"""The business's own site and apps: the one platform whose other side is ours.

Visitors come in through the widget's door and see messages by following the stream, so there is no
server to call: a message is sent when it is in the stream, and receipts come back through the same door.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, ClassVar
from urllib.parse import urlsplit

from apps.core.http import Http
from apps.platforms import compose
from apps.platforms.base import (
    BadSignature,
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
from apps.platforms.cards import CardLimits
from apps.platforms.events import Event, MediaRef

# The panel is ours and shows every kind; the numbers are what a person can take in at once.
CARDS = {
    "quick_replies": CardLimits(most=13, images=True),
    "list_picker": CardLimits(most=0, sections=0, multiple=True, images=True),
    "time_slots": CardLimits(most=0),
    "form": CardLimits(most=50),
    "link": CardLimits(images=True),
    "location_request": CardLimits(),
    "location": CardLimits(),
    "contact": CardLimits(),
    "media_group": CardLimits(most=0, images=True),
}
NO_WEBHOOK = "web chat has no webhook: visitors come in through the widget"


class WebChat(Platform):
    """Our address is the channel's public key, the last part of its webhook URL."""

    slug: ClassVar[str] = "webchat"
    name: ClassVar[str] = "Web chat"
    credentials: ClassVar[Sequence[Credential]] = ()
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=10_000,
        media_limit=100 * 1024 * 1024,
        caption_limit=10_000,
        cards=CARDS,
        typing_out=True,
        typing_in=True,
        delivery_receipts=True,
        read_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.KEYED,
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """Nothing to check and nothing to register; never fails for a webhook URL of ours."""
        key = urlsplit(webhook_url).path.rstrip("/").rpartition("/")[2]
        if not key:
            raise Rejected("the webhook address names no channel", code="no_key")
        return Connection(address=key, name=self.name)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        return "Ready: web chat is part of this server"

    def verify(self, request: Inbound, creds: Credentials) -> None:
        raise BadSignature(NO_WEBHOOK)

    def dedup_key(self, request: Inbound) -> str:
        raise Malformed(NO_WEBHOOK)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        raise Malformed(NO_WEBHOOK)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """Our own id, the same however often it is sent: being in the stream is being sent."""
        return str(outgoing.id)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        raise Rejected("files of visitors are uploaded through the widget", code="no_download")


PLATFORM = WebChat()

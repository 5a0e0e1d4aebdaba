"""A channel to any system of the business's own, by a pair of signed webhooks (docs/custom-channel.md)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar

from apps.core.http import Http, HttpError
from apps.platforms import cards, compose
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
    Unknown,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import CardLimits
from apps.platforms.custom import inbound, outbound, signing
from apps.platforms.custom.values import Wrong
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared.answers import certain, stranger, unfetched
from apps.platforms.shared.contents import BROKEN

NO_LIMIT = CardLimits(most=0, sections=0, images=True, multiple=True)


class Custom(Platform):
    """Our address is the word by which the business calls the account. `clock` gives unix seconds."""

    slug: ClassVar[str] = "custom"
    name: ClassVar[str] = "Your own system"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="account",
            label="Name of the account",
            pattern=r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
            help="A word that you make up; it comes with everything that we post to you.",
        ),
        Credential(
            name="base_url",
            label="Address of your system",
            pattern=r"https?://[^\s?#]+",
            help="We post everything there that your customers are to be told.",
        ),
        Credential(
            name="secret",
            label="Shared secret",
            secret=True,
            pattern=signing.SECRET,
            help="whsec_ and the Base64 of at least 24 random bytes; both sides sign with it.",
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=10_000,
        media_limit=100 * 1024 * 1024,
        caption_limit=10_000,
        cards=dict.fromkeys(cards.KINDS, NO_LIMIT),
        words_beside_card=True,
        typing_out=True,
        typing_in=True,
        seen_out=True,
        reactions_in=True,
        fetches_media=True,
        delivery_receipts=True,
        read_receipts=True,
        entry_tag=True,  # with a message; there are no links
        retry_class=RetryClass.KEYED,
    )

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract: a "hello", which a system that does not know us refuses."""
        name = await self._hello(creds, webhook_url, http)
        account = creds.get("account", "").strip()
        return Connection(address=account, name=name or account)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        await self._hello(creds, webhook_url, http)
        return "Your system answers"

    async def _hello(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        try:
            answer = await outbound.post({"type": "hello", "webhook_url": webhook_url}, creds, http)
        except Unknown as error:  # a hello may be repeated, so nothing is in doubt
            raise certain(error) from None
        return str(answer.get("name") or "")[:80]

    def verify(self, request: Inbound, creds: Credentials) -> None:
        signing.verify(request, creds.get("secret", ""), now=self._clock())

    def dedup_key(self, request: Inbound) -> str:
        found = request.headers.get("webhook-id", "")
        if not found:
            raise Malformed("there is no webhook-id")
        return found

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        body, key = read_object(request.body), request.headers.get("webhook-id", "")
        now = datetime.fromtimestamp(self._clock(), UTC)
        try:
            return inbound.events(body, to=creds.get("account", ""), webhook_id=key, now=now)
        except BROKEN as error:
            what = str(error) if isinstance(error, Wrong | KeyError) else type(error).__name__
            raise Malformed(f"not as docs/custom-channel.md says: {what}"[:200]) from None

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        await outbound.post({"type": "typing", "to": to, "typing": on}, creds, http)

    async def seen(self, to: str, ref: str, creds: Credentials, http: Http) -> None:
        await outbound.post({"type": "seen", "to": to, "target": ref}, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """From the address that the other system gave; nothing of ours goes along."""
        try:
            answer = await http.fetch(str(media.locator.get("url", "")), sink)
        except HttpError as error:
            raise unfetched(error, (creds.get("secret", ""),)) from None
        if answer.status in (401, 403, 404, 410):
            raise Rejected("the file is no longer there", code=str(answer.status))
        if answer.status >= 300:
            raise certain(stranger(answer, "your system"))
        return media.mime or answer.headers.get("content-type", "").partition(";")[0].strip()


PLATFORM = Custom()

"""RCS Business Messaging, directly with Google (API v1)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar
from urllib.parse import quote

from apps.core.http import Http, HttpError
from apps.platforms import compose
from apps.platforms.base import (
    Answer,
    Capabilities,
    Connection,
    Content,
    Credential,
    Credentials,
    Inbound,
    Malformed,
    Outgoing,
    OutOfReach,
    Part,
    Platform,
    Rejected,
    RetryClass,
)
from apps.platforms.cards import Card
from apps.platforms.events import Event, MediaRef
from apps.platforms.rcs import account, calls, cards, inbound, outbound, reach, webhook
from apps.platforms.shared import servers, tags
from apps.platforms.shared.answers import stranger, unfetched
from apps.platforms.shared.contents import BROKEN
from apps.platforms.windows import Price, Window

MB = 1024 * 1024
# Not documented: what an agent's own link is, and that asking about a number that nobody can have (kept for
# films) answers 404 to who may ask.
AGENT_HOST = "rbm.goog"
NOBODY = "+12025550100"


class Rcs(Platform):
    """Our address is the agent's id, customers' are their numbers as +E.164."""

    slug: ClassVar[str] = "rcs"
    name: ClassVar[str] = "RCS"
    docs_url: ClassVar[str] = "https://developers.google.com/business-communications/rcs-business-messaging"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="agent_id",
            label="Agent ID",
            pattern=r"[A-Za-z0-9_.@-]{3,120}",
            help="Under Agent information in the Business Communications console.",
        ),
        Credential(
            name="service_account",
            label="Service account key",
            secret=True,
            help="The whole JSON file that Google made for your service account.",
        ),
        Credential(
            name="client_token",
            label="Client token",
            secret=True,
            pattern=r"\S{8,}",
            help="Shown when you set up the webhook: with it Google proves who it is.",
        ),
        servers.base_url(
            "RCS API server", help=f"Only for a server of your own; {account.BASE_URL} when left empty."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=cards.TEXT_LIMIT,
        media_limit=100 * MB,  # not documented
        cards=cards.LIMITS,
        typing_out=True,
        typing_in=True,
        seen_out=True,
        fetches_media=True,
        delivery_receipts=True,
        read_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.KEYED,
        windows=(Window(rule="customer_wrote", price=Price.UNKNOWN),),  # each network's terms
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; the webhook's address is set by hand in Google's console."""
        await self.check(creds, webhook_url, http)
        agent = calls.agent(creds)
        return Connection(address=agent, name=agent.partition("@")[0])

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Ask about a number that nobody has: whoever may ask is told that RCS does not reach it."""
        with suppress(OutOfReach):
            await reach.ask(NOBODY, creds, http)
        return "Google takes the key for this agent"

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        return webhook.answer(request, creds)

    def verify(self, request: Inbound, creds: Credentials) -> None:
        webhook.verify(request, creds)

    def dedup_key(self, request: Inbound) -> str:
        return inbound.key(webhook.event(request))

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        data = webhook.event(request)
        try:
            return inbound.events(data, agent=creds.get("agent_id", ""), now=datetime.now(UTC))
        except BROKEN as error:
            raise Malformed(f"not an event as Google documents it: {type(error).__name__}") from None

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Shown for some seconds; there is no way to hide it earlier."""
        if on:
            await outbound.tell(to, {"eventType": "IS_TYPING"}, creds, http)

    async def seen(self, to: str, ref: str, creds: Credentials, http: Http) -> None:
        await outbound.tell(to, {"eventType": "READ", "messageId": ref}, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """As the contract; the link is public, so no token goes along."""
        try:
            answer = await http.fetch(str(media.locator.get("url", "")), sink)
        except HttpError as error:
            raise unfetched(error, ()) from None
        if answer.status in (403, 404, 410):
            raise Rejected("the link to this file has died", code="expired")
        if answer.status >= 300:
            raise stranger(answer, "Google's file server")
        return answer.headers.get("content-type", "").partition(";")[0].strip() or media.mime

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """sms:<agent>@rbm.goog?body=…, with the tag at the end of the words."""
        service = quote(address.partition("@")[0], safe="")
        words = tags.prefilled(tag, group=group, text=text)
        return f"sms:{service}@{AGENT_HOST}" + (f"?body={quote(words, safe='')}" if words else "")


PLATFORM = Rcs()

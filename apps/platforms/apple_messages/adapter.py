"""Apple Messages for Business, as a messaging service provider (MSP)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO, ClassVar
from uuid import uuid4

from apps.core.http import Http
from apps.platforms import compose
from apps.platforms.apple_messages import (
    answers,
    attachments,
    inbound,
    links,
    outbound,
    refs,
    refusals,
    tokens,
    wire,
)
from apps.platforms.apple_messages.gateway import PRODUCTION, Gateway
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
)
from apps.platforms.cards import Card, MediaGroup
from apps.platforms.events import Event, MediaRef, MessageReceived
from apps.platforms.shared import servers

MAX_TOKEN_AGE = 3600.0
UUID_PATTERN = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class AppleMessages(Platform):
    """`clock` gives unix seconds; `max_token_age` is in seconds, each way."""

    slug = "apple_messages"
    name = "Apple Messages for Business"
    webhook_suffix = "message"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="business_id",
            label="Business ID",
            help="The ID of your Messages for Business account in Apple Business Register.",
            pattern=UUID_PATTERN,
        ),
        Credential(
            name="msp_id",
            label="MSP ID",
            required=False,
            deployment="APPLE_MSP_ID",
            help="Leave empty to use this service's own MSP account.",
        ),
        Credential(
            name="secret",
            label="API secret",
            secret=True,
            required=False,
            deployment="APPLE_MSP_SECRET",
            help="The Base64 text that Apple shows beside the MSP ID. Leave empty as above.",
        ),
        servers.base_url(
            "Gateway address", help=f"Only for a gateway of your own; otherwise {PRODUCTION} is used."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=refusals.LONGEST_TEXT,
        media_limit=attachments.MAX_FILE,
        cards=refusals.LIMITS,
        typing_out=True,
        typing_in=True,
        entry_tag=True,
        reactions_in=True,
    )

    def __init__(
        self, *, clock: Callable[[], float] = time.time, max_token_age: float = MAX_TOKEN_AGE
    ) -> None:
        self._clock = clock
        self._max_token_age = max_token_age

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """Apple has no call that registers a webhook: the MSP writes its address into Apple Business
        Register by hand. So this checks, and changes nothing."""
        await self.check(creds, webhook_url, http)
        return Connection(address=self._gateway(creds, http).business, name=self.name)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Asks for room for a file of one byte: that needs our token and a business ID of this MSP."""
        await self._gateway(creds, http).ask("GET", "/preUpload", {"MMCS-Size": "1"})
        return "Apple accepts the token and the business ID."

    def verify(self, request: Inbound, creds: Credentials) -> None:
        """The token first, on the request as it came; then whether headers and body belong together.

        Raises Malformed for an authentic request whose body cannot be read.
        """
        tokens.check(request.headers, creds, now=self._clock(), max_age=self._max_token_age)
        wire.bind(request, wire.read(request), ours=creds.get("business_id", ""))

    def recipients(self, request: Inbound) -> Sequence[str]:
        found = wire.recipient(request)
        return (found,) if found else ()

    def dedup_key(self, request: Inbound) -> str:
        found = wire.ref(request.headers.get("id", ""))
        if not found:
            raise Malformed("the id header is missing")
        return found

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        return inbound.events(request)

    async def resolve(self, event: MessageReceived, creds: Credentials, http: Http) -> MessageReceived:
        if event.pending is None:
            return event
        return answers.fill(event, await refs.fetch(event.pending, self._gateway(creds, http)))

    def fits(self, card: Card) -> bool:
        """Every string is drawn on one line: no breaks, no invisible signs."""
        return refusals.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        """Every address in a text also goes as a rich link after it, as Apple requires of an MSP."""
        return list(_with_links(compose.plan(content, self.capabilities, device, fits=self.fits)))

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """The ref is our own id: Apple gives none, and promises nothing about a repeated one."""
        gateway = self._gateway(creds, http)
        kind, content = await outbound.content(outgoing, gateway)
        ref = str(outgoing.id)
        envelope = wire.outgoing(
            ref,
            kind,
            sender=outgoing.sender,
            to=outgoing.to,
            locale=outgoing.locale.replace("-", "_"),
            **content,
        )
        await gateway.deliver(envelope, _headers(outgoing))
        return ref

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        kind = "typing_start" if on else "typing_end"
        envelope = wire.outgoing(str(uuid4()), kind, sender=sender, to=to)
        await self._gateway(creds, http).deliver(envelope, {})

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        await attachments.fetch(media.locator, self._gateway(creds, http), sink)
        return media.mime or attachments.UNKNOWN_TYPE

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        return links.entry(address, tag, group=group, text=text)

    def _gateway(self, creds: Credentials, http: Http) -> Gateway:
        return Gateway(creds=creds, http=http, now=self._clock())


def _with_links(parts: Sequence[Part]) -> Iterator[Part]:
    """Links follow the run of texts that they stand in, so that a text cut in two stays together."""
    waiting: list[str] = []
    for part in parts:
        if part.kind != "text":
            yield from _links(waiting)
            waiting = []
        yield part
        waiting += links.find(_text(part))
    yield from _links(waiting)


def _text(part: Part) -> str:
    """The words of a part that Apple shows as a text."""
    if isinstance(part.card, MediaGroup):
        return part.card.text
    return part.text if part.kind == "text" else ""


def _links(urls: Sequence[str]) -> list[Part]:
    return [Part(kind="link", text=url) for url in dict.fromkeys(urls)]


def _headers(outgoing: Outgoing) -> Mapping[str, str]:
    """Apple logs the first 64 characters of msp-agent; a header holds ASCII."""
    agent = "".join(c for c in outgoing.agent if c.isascii() and c.isprintable()).strip()[:64]
    named = {"msp-agent": agent} if agent else {}
    return {"auto-reply": "true" if outgoing.automatic else "false", **named}


PLATFORM = AppleMessages()

"""Microsoft Teams: a bot of the business's own, by the Bot Connector."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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
    RetryClass,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import Card, Unit
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import servers, tags
from apps.platforms.shared.contents import BROKEN
from apps.platforms.teams import calls, cards, files, inbound, keys, outbound, places, proof
from apps.platforms.teams.keys import Keyring

MB = 1024 * 1024
GUID = r"\s*[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\s*"


class Teams(Platform):
    """Our address is the app's id, a customer's the id of their chat with it. `clock` gives unix seconds."""

    slug: ClassVar[str] = "teams"
    name: ClassVar[str] = "Microsoft Teams"
    docs_url: ClassVar[str] = (
        "https://learn.microsoft.com/microsoftteams/platform/resources/bot-v3/bots-error-codes"
    )
    fetches_keys: ClassVar[bool] = True
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="app_id",
            label="Microsoft App ID",
            pattern=GUID,
            help="On the Configuration page of your Azure Bot: 32 digits and four hyphens.",
        ),
        Credential(
            name="app_secret",
            label="Client secret",
            secret=True,
            help="The value that Azure shows once when you make it, not its ID.",
        ),
        Credential(
            name="tenant_id",
            label="App Tenant ID",
            required=False,
            pattern=GUID,
            help="Beside the App ID. Leave empty only for a multi-tenant bot.",
        ),
        Credential(name="signing_keys", label="Keys of Microsoft", generated=True),
        servers.base_url(
            "Connector", help=f"Only for a server of your own; {places.EVERYWHERE} when left empty."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=outbound.TEXT_LIMIT,
        text_unit=Unit.UTF16,
        media_limit=20 * MB,  # not documented: Teams fetches pictures, people open the rest
        files=outbound.FILE_LIMITS,
        caption_limit=outbound.TEXT_LIMIT,
        cards=cards.LIMITS,
        typing_out=True,
        typing_in=True,
        reactions_in=True,
        fetches_media=True,
        entry_tag=True,
        retry_class=RetryClass.NEVER,
    )

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._keyring = Keyring(clock=clock)

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; the messaging endpoint is set by hand in Azure."""
        await self.check(creds, webhook_url, http)
        found = await keys.fetch(creds, http)
        app_id = creds["app_id"].strip().lower()
        generated = {"signing_keys": keys.stored(found, self._clock())}
        return Connection(address=app_id, name="Microsoft Teams", generated=generated)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Whether Microsoft gives a new token for the app; it does not say where activities go."""
        calls.account(creds)
        await calls.fetch_token(creds, http)
        return "Microsoft takes the app's secret"

    async def prepare(self, request: Inbound, creds: Credentials, http: Http) -> None:
        """Fetch the keys anew for a request whose key is not known, or no longer."""
        kid = proof.key_id(request)
        if kid and self._keyring.find(kid, creds) is None:
            await self._keyring.renew(creds, http)

    def verify(self, request: Inbound, creds: Credentials) -> None:
        proof.verify(request, creds, self._keyring)

    def dedup_key(self, request: Inbound) -> str:
        return inbound.dedup_key(request)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        body = read_object(request.body)
        try:
            return inbound.events(body, to=creds.get("app_id", "").strip().lower())
        except BROKEN as error:
            raise Malformed(f"not an activity as Teams documents it: {type(error).__name__}") from None

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Shown for some seconds; there is no way to hide it earlier."""
        if on:
            await calls.call(to, {"type": "typing"}, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await files.download(media, creds, http, sink)

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """A chat with the bot (/l/chat/0/0?users=28:…&message=…), the tag at the end of the words."""
        words = tags.prefilled(tag, group=group, text=text)
        users = quote(f"28:{address}", safe="")
        link = f"https://teams.microsoft.com/l/chat/0/0?users={users}"
        return link + (f"&message={quote(words, safe='')}" if words else "")


PLATFORM = Teams()

"""Messenger: the inbox of a Facebook Page, through the Messenger Platform (Graph API)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms.base import (
    Capabilities,
    Connection,
    Credential,
    Credentials,
    Outgoing,
    Rejected,
    RetryClass,
)
from apps.platforms.events import Event
from apps.platforms.file_limits import FileLimits
from apps.platforms.messenger import comments
from apps.platforms.messenger.personas import Personas
from apps.platforms.shared import graph
from apps.platforms.shared.contents import Raw
from apps.platforms.shared.messenger_api import files, outbound, profile
from apps.platforms.shared.messenger_api.cards import Shapes
from apps.platforms.shared.messenger_api.platform import (
    WINDOWS,
    MessengerPlatform,
    app_of,
    app_secret,
    needs_secret,
    subscribe,
    subscribed,
    token,
    verify_token,
)

TEXT_LIMIT = 2000  # not documented any more, in force for years
FIELDS = (
    "messages",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_deliveries",
    "message_reads",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "messaging_handovers",
    "messaging_policy_enforcement",
    "standby",
)
NEEDED = frozenset({"messages", "messaging_postbacks"})
SHAPES = Shapes(text_limit=TEXT_LIMIT)


class Messenger(MessengerPlatform):
    """Our address is the Page's id, which heads every webhook; ids of people are page-scoped."""

    slug: ClassVar[str] = "messenger"
    name: ClassVar[str] = "Messenger"
    object_name: ClassVar[str] = "page"
    address_field: ClassVar[str] = "page_id"
    shapes: ClassVar[Shapes] = SHAPES
    uploads: ClassVar[bool] = True
    profile_fields: ClassVar[str] = "first_name,last_name"
    docs_url: ClassVar[str] = "https://developers.facebook.com/docs/messenger-platform/error-codes"
    greets: ClassVar[frozenset[str]] = frozenset({"welcome", "starters", "menu"})
    permissions: ClassVar[Sequence[str]] = (*MessengerPlatform.permissions, comments.PERMISSION)
    shows: ClassVar[frozenset[str]] = frozenset(
        {"get_started", "greeting", "ice_breakers", "persistent_menu"}
    )
    credentials: ClassVar[Sequence[Credential]] = (
        token("Page access token", "Made for your Page in the Meta app, such as EAAG…"),
        app_secret("MESSENGER_APP_SECRET"),
        verify_token("MESSENGER_VERIFY_TOKEN"),
        Credential(
            name="persona_picture",
            label="Picture beside an agent’s name",
            required=False,
            pattern=r"https://[^\s]+",
            help="Its address. With it each agent answers under their own name, without it the Page does.",
        ),
        Credential(name="page_id", label="Page", generated=True),
        Credential(name="app_id", label="App", generated=True),
        graph.BASE_URL,
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=TEXT_LIMIT,
        media_limit=files.MOST,
        files=FileLimits(shown=files.SHOWN),
        cards=SHAPES.limits(),
        typing_out=True,
        seen_out=True,
        reactions_in=True,
        takes_threads=True,
        fetches_media=True,  # the pictures of a carousel; files are uploaded
        delivery_receipts=True,
        read_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.RECONCILED,
        windows=(*WINDOWS, comments.WINDOW),
    )

    def __init__(self) -> None:
        self._personas = Personas()

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract. The webhook's address is set by hand in the Meta app, which may serve many
        Pages; here the Page is subscribed to it and gets its Get started button."""
        needs_secret(creds)
        account = self.account(creds)
        page = await graph.ask("me", account, http, query={"fields": "id,name"})
        number = page.get("id")
        if not isinstance(number, str) or not number:
            raise Rejected("the Graph API does not name the Page", code="no_page")
        await subscribe(number, (*FIELDS, *_public(creds)), account, http)
        await profile.start_button(account, http)
        generated = {"page_id": number, "app_id": await app_of(account, http)}
        return Connection(address=number, name=str(page.get("name") or number), generated=generated)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        found = await subscribed("me", self.account(creds), http)
        if missing := NEEDED.union(_public(creds)) - found:
            words = f"the Page does not send {', '.join(sorted(missing))}: connect again"
            raise Rejected(words, code="not_subscribed")
        return f"Page subscribed to {len(found)} kinds of events"

    def events(self, body: Raw, creds: Credentials) -> Sequence[Event]:
        """Comments only for a business that takes them."""
        found = super().events(body, creds)
        if not _public(creds):
            return found
        return [*found, *comments.events(body, to=creds.get(self.address_field, ""))]

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """As the contract, under the agent's persona where the business wants that."""
        account, page = self.account(creds), outgoing.sender
        picture = "" if outgoing.automatic else creds.get("persona_picture", "")
        persona = await self._personas.of(page, outgoing.agent, picture, account, http)
        try:
            return await outbound.send(
                outgoing, account, http, shapes=self.shapes, upload=self.uploads, persona=persona
            )
        except Rejected:
            self._personas.forget(page, outgoing.agent)
            raise

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """https://m.me/<page>?ref=<tag>; Messenger has no place for a group or a text."""
        link = f"https://m.me/{quote(address, safe='')}"
        return f"{link}?ref={quote(tag, safe='')}" if tag else link


def _public(creds: Credentials) -> tuple[str, ...]:
    """The webhooks that a business wants of what is said in public."""
    return (comments.FIELD,) if creds.get(comments.PERMISSION) else ()


PLATFORM = Messenger()

"""What Messenger's and Instagram's adapters have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO, ClassVar

from apps.core.http import Http
from apps.platforms import compose
from apps.platforms.base import (
    Answer,
    BadCredentials,
    Content,
    Credential,
    Credentials,
    Greeting,
    Inbound,
    Malformed,
    Outgoing,
    Part,
    Platform,
    Profile,
    SendError,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import Card
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import graph
from apps.platforms.shared.contents import BROKEN, Raw, understood, why
from apps.platforms.shared.graph import Account
from apps.platforms.shared.messenger_api import cards, errors, inbound, outbound, profile, statuses
from apps.platforms.shared.messenger_api.cards import Shapes
from apps.platforms.windows import Opener, Window

HUMAN_AGENT = "human_agent"
WINDOWS: Sequence[Window] = (
    Window(rule="response", hours=24),
    Window(rule="response", opener=Opener.TAP, hours=24),
    Window(rule=HUMAN_AGENT, hours=7 * 24, people_only=True, tag="HUMAN_AGENT", permission=HUMAN_AGENT),
)


def token(label: str, help: str) -> Credential:
    return Credential(name="token", label=label, secret=True, pattern=r"[!-~]+", help=help)


def app_secret(variable: str) -> Credential:
    return Credential(
        name="app_secret",
        label="App secret",
        secret=True,
        required=False,
        deployment=variable,
        help="App settings, Basic: with it Meta proves who it is.",
    )


def verify_token(variable: str) -> Credential:
    return Credential(
        name="verify_token",
        label="Verify token",
        secret=True,
        required=False,
        deployment=variable,
        help="Letters and digits that you make up here and type once more at Meta.",
    )


class MessengerPlatform(Platform):
    """A product of the Messenger Platform. `object_name` heads its webhooks, `address_field` names the
    credential that holds our own id there."""

    # Meta switches an app's webhook off, for every business, when it is answered anything but 200.
    refuses_strangers: ClassVar[bool] = False
    largest_request: ClassVar[int] = graph.WEBHOOK_BYTES
    object_name: ClassVar[str]
    address_field: ClassVar[str]
    shapes: ClassVar[Shapes]
    uploads: ClassVar[bool]
    profile_fields: ClassVar[str]
    profile_query: ClassVar[dict[str, str]] = {}
    shows: ClassVar[frozenset[str]]  # fields of the messenger profile
    permissions: ClassVar[Sequence[str]] = (HUMAN_AGENT,)

    def account(self, creds: Credentials) -> Account:
        return Account(
            token=creds.get("token", ""),
            app_secret=creds.get("app_secret", ""),
            base_url=creds.get("base_url", ""),
            errors=errors.TABLE,
        )

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        return graph.handshake(request, creds.get("verify_token", ""))

    def verify(self, request: Inbound, creds: Credentials) -> None:
        graph.verify(request, creds.get("app_secret", ""))

    def recipients(self, request: Inbound) -> Sequence[str]:
        try:
            return inbound.addresses(read_object(request.body))
        except Malformed:
            return ()

    def share_of(self, request: Inbound, address: str) -> bytes:
        share = inbound.share_of(read_object(request.body), address)
        return json.dumps(share, ensure_ascii=False).encode("utf-8", "replace")

    def dedup_key(self, request: Inbound) -> str:
        return graph.dedup_key(request)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        """As the contract; entries of other accounts in the same request are theirs to parse."""
        body = read_object(request.body)
        if body.get("object") != self.object_name:
            raise Malformed(f"not a webhook about {self.object_name!r}")
        try:
            found = self.events(body, creds)
        except BROKEN as error:
            raise Malformed(f"not a webhook as Meta documents it: {why(error)}") from None
        return understood(found, "Meta")

    def events(self, body: Raw, creds: Credentials) -> Sequence[Event]:
        """What stands in a webhook about this product. Raises one of BROKEN for what is none."""
        return inbound.events(body, to=creds.get(self.address_field, ""), app_id=creds.get("app_id", ""))

    def fits(self, card: Card) -> bool:
        return cards.fits(card, self.shapes)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(
            outgoing, self.account(creds), http, shapes=self.shapes, upload=self.uploads
        )

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Shown for 20 seconds at most."""
        await outbound.act(to, "typing_on" if on else "typing_off", self.account(creds), http)

    async def seen(self, to: str, ref: str, creds: Credentials, http: Http) -> None:
        """Of the whole thread: Meta does not take one message's id."""
        await outbound.act(to, "mark_seen", self.account(creds), http)

    async def take_thread(self, to: str, creds: Credentials, http: Http) -> None:
        """Conversation Routing, which took over the calls of the Handover Protocol."""
        await outbound.take_thread(to, self.account(creds), http)

    async def greet(self, greeting: Greeting, creds: Credentials, http: Http) -> None:
        await profile.greet(greeting, self.account(creds), http, shows=self.shows, query=self.profile_query)

    async def profile(self, address: str, creds: Credentials, http: Http) -> Profile | None:
        if address.startswith(statuses.COMMENT):
            return None
        return await profile.name_of(address, self.account(creds), http, asks=self.profile_fields)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """Signed links: the token is not needed there and not sent."""
        url = str(media.locator.get("url", ""))
        return await graph.fetch(url, self.account(creds), http, sink, mime=media.mime)


async def subscribe(path: str, fields: Sequence[str], account: Account, http: Http) -> None:
    """Have the account's webhooks sent to the app. Not documented in this form, stable for years."""
    asked = {"subscribed_fields": ",".join(fields)}
    await graph.certainly(graph.call("POST", f"{path}/subscribed_apps", account, http, json=asked))


async def subscribed(path: str, account: Account, http: Http) -> frozenset[str]:
    """The fields that some app has subscribed to; only our own apps are shown to our token."""
    answer = await graph.ask(f"{path}/subscribed_apps", account, http)
    rows = answer.get("data")
    found: list[Any] = []
    for row in rows if isinstance(rows, list) else ():
        named = row.get("subscribed_fields") if isinstance(row, dict) else None
        found += named if isinstance(named, list) else ()
    return frozenset(str(name) for name in found)


async def app_of(account: Account, http: Http) -> str:
    """The number of the app that the token was made for, "" when it cannot be had: needed only to tell who
    owns a thread. Not documented for Page tokens."""
    try:
        found = await graph.ask("app", account, http, query={"fields": "id"})
    except SendError:
        return ""
    return str(found.get("id") or "")


def needs_secret(creds: Credentials) -> None:
    """Raises BadCredentials: without the app's secret no webhook could be believed."""
    if not creds.get("app_secret"):
        raise BadCredentials("the app secret is missing", field="app_secret", code="no_app_secret")

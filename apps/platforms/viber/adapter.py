"""Viber bots (REST Bot API), which businesses get on commercial terms since February 2024."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
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
    Part,
    Platform,
    Rejected,
    RetryClass,
    Unknown,
    Unreachable,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import Card
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import servers, signatures
from apps.platforms.shared.answers import stranger, unfetched
from apps.platforms.shared.contents import BROKEN
from apps.platforms.viber import calls, cards, files, inbound, outbound
from apps.platforms.windows import Price, Window

# `message` always comes and cannot be named.
EVENTS = ("delivered", "seen", "failed", "subscribed", "unsubscribed", "conversation_started")
WINDOWS = (
    Window(rule="session", hours=24),
    Window(rule="subscribed", price=Price.BILLED),
)


class Viber(Platform):
    """Our address is the bot's URI, because `entry_link` needs it; ids of people are only this bot's."""

    slug: ClassVar[str] = "viber"
    name: ClassVar[str] = "Viber"
    docs_url: ClassVar[str] = "https://developers.viber.com/docs/api/rest-bot-api/#error-codes"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="token",
            label="Authentication token",
            secret=True,
            pattern=calls.TOKEN,
            help="From the bot's settings in the Viber Admin Panel.",
        ),
        Credential(
            name="welcome",
            label="Welcome message",
            required=False,
            help="What customers read when they open the chat for the first time; nothing when left empty.",
        ),
        Credential(name="uri", label="URI of the bot", generated=True),
        Credential(name="name", label="Name of the bot", generated=True),
        servers.base_url(
            "Viber API server", help=f"Only for a server of your own; {calls.BASE_URL} when left empty."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=cards.TEXT,
        media_limit=files.MOST,
        files=files.LIMITS,
        caption_limit=outbound.CAPTION,
        cards=cards.LIMITS,
        fetches_media=True,
        delivery_receipts=True,
        read_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.NEVER,
        windows=WINDOWS,
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; while the webhook is set Viber calls it, which `answer` answers."""
        account = await calls.ask("get_account_info", creds, http, json={})
        uri = account.get("uri")
        if not isinstance(uri, str) or not uri:
            raise Rejected("Viber does not name the bot", code="no_uri")
        webhook = {"url": webhook_url, "event_types": EVENTS, "send_name": True, "send_photo": False}
        await calls.ask("set_webhook", creds, http, json=webhook)
        name = str(account.get("name") or uri)
        return Connection(address=uri, name=name, generated={"uri": uri, "name": name})

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        account = await calls.ask("get_account_info", creds, http, json={})
        if account.get("webhook") != webhook_url:
            raise Rejected("Viber delivers to another address: connect again", code="webhook_elsewhere")
        return f"Webhook set, {account.get('subscribers_count') or 0} subscriber(s)"

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        """The call that Viber makes while a webhook is set, before anybody has the address."""
        return Answer(body="ok") if _event(request) == "webhook" else None

    def verify(self, request: Inbound, creds: Credentials) -> None:
        given, key = request.headers.get("x-viber-content-signature", ""), creds.get("token", "").strip()
        signatures.check(given, key, request.body)

    def taken(self, request: Inbound, creds: Credentials) -> Answer:
        """The answer to an opened chat may be one message: the welcome."""
        welcome = creds.get("welcome", "").strip()
        if not welcome or _event(request) != "conversation_started":
            return Answer(body="ok")
        sender = {"name": creds.get("name", "")[: cards.NAME]}
        said = {"min_api_version": 1, "sender": sender, "type": "text", "text": welcome[: cards.TEXT]}
        return Answer(body=json.dumps(said, ensure_ascii=False), content_type="application/json")

    def dedup_key(self, request: Inbound) -> str:
        """A message's token comes again when it was delivered and when it was seen."""
        body = read_object(request.body)
        try:
            return f"{body['event']}:{inbound.token(body)}"
        except BROKEN:
            raise Malformed("the callback names no event or no message_token") from None

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        try:
            return inbound.events(read_object(request.body), to=creds.get("uri", ""))
        except BROKEN as error:
            what = repr(error) if isinstance(error, KeyError) else type(error).__name__
            raise Malformed(f"not a callback as Viber documents it: {what}") from None

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        """A file that is neither picture nor film takes no caption: its words go before it."""
        silent = not all(outbound.takes_words(media) for media in content.media)
        can = replace(self.capabilities, caption_limit=0) if silent else self.capabilities
        return compose.plan(content, can, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """The address lives for about an hour (not documented) and needs no token."""
        try:
            answer = await http.fetch(str(media.locator["url"]), sink)
        except HttpError as error:
            raise unfetched(error, (creds.get("token", "").strip(),)) from None
        if answer.status in (400, 401, 403, 404, 410):
            raise Rejected("the link to this file has died", code="expired")
        if answer.status >= 300:
            found = stranger(answer, "Viber's file server")
            raise Unreachable(found.words, code=found.code) if isinstance(found, Unknown) else found
        return answer.headers.get("content-type", "").partition(";")[0].strip() or media.mime

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """Into the app with the tag as context; without one the page of the bot (not documented)."""
        uri = quote(address, safe="")
        if not tag:
            return f"https://chats.viber.com/{uri}"
        context = quote(f"{tag}/{group}" if group else tag, safe="")
        return f"viber://pa?chatURI={uri}&context={context}&text={quote(text, safe='')}"


def _event(request: Inbound) -> object:
    """The event's name, None for what is no callback."""
    try:
        return read_object(request.body).get("event")
    except Malformed:
        return None


PLATFORM = Viber()

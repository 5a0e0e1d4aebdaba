"""LINE official accounts (Messaging API)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, BinaryIO, ClassVar
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
    Profile,
    Rejected,
    RetryClass,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import Card, Unit
from apps.platforms.events import Event, MediaRef
from apps.platforms.line import calls, cards, file_types, files, inbound, outbound
from apps.platforms.shared import servers, signatures, tags
from apps.platforms.shared.contents import BROKEN, understood, why
from apps.platforms.windows import Price, Window

LOADING_SECONDS = 20  # a multiple of five, up to a minute
# Friends may be written to at any time. A reply within a minute is free, a push counts against what the
# plan has for a month: which of the two a message becomes is known only when it goes.
WINDOWS = (Window(rule="friend", price=Price.UNKNOWN),)


class Line(Platform):
    """Our address is the account's basic ID ("@acme"), because `entry_link` needs it; people are user ids."""

    slug: ClassVar[str] = "line"
    name: ClassVar[str] = "LINE"
    docs_url: ClassVar[str] = "https://developers.line.biz/en/reference/messaging-api/#error-responses"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="token",
            label="Channel access token",
            secret=True,
            pattern=calls.TOKEN,
            help="The long-lived one, from the Messaging API tab of LINE Developers.",
        ),
        Credential(
            name="channel_secret",
            label="Channel secret",
            secret=True,
            pattern=r"\s*[0-9a-f]{32}\s*",
            help="From the Basic settings tab: with it LINE proves who it is.",
        ),
        Credential(name="basic_id", label="Basic ID", generated=True),
        servers.base_url(
            "Messaging API server", help=f"Only for a server of your own; {calls.API} when left empty."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=cards.TEXT,
        text_unit=Unit.UTF16,
        media_limit=file_types.MOST,
        files=file_types.LIMITS,
        cards=cards.LIMITS,
        typing_out=True,
        seen_out=True,
        fetches_media=True,
        entry_tag=True,
        retry_class=RetryClass.KEYED,
        windows=WINDOWS,
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        bot = await calls.ask("/v2/bot/info", creds, http)
        address = bot.get("premiumId") or bot.get("basicId")
        if not isinstance(address, str) or not address:
            raise Rejected("LINE does not name the account", code="no_basic_id")
        endpoint = {"endpoint": webhook_url}
        put = calls.call("PUT", "/v2/bot/channel/webhook/endpoint", creds, http, json=endpoint)
        await calls.certainly(put)
        name = str(bot.get("displayName") or address)
        return Connection(address=address, name=name, generated={"basic_id": address})

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Where webhooks go, whether they are switched on, and how much of the month's quota is used."""
        webhook = await calls.ask("/v2/bot/channel/webhook/endpoint", creds, http)
        if webhook.get("endpoint") != webhook_url:
            raise Rejected("LINE delivers to another address: connect again", code="webhook_elsewhere")
        if webhook.get("active") is not True:
            raise Rejected("“Use webhook” is switched off in LINE Developers", code="webhook_off")
        quota = await calls.ask("/v2/bot/message/quota", creds, http)
        if quota.get("type") != "limited":
            return "Webhook set"
        used = await calls.ask("/v2/bot/message/quota/consumption", creds, http)
        return f"Webhook set, {used.get('totalUsage')} of {quota.get('value')} pushes of this month used"

    def verify(self, request: Inbound, creds: Credentials) -> None:
        given, key = request.headers.get("x-line-signature", ""), creds.get("channel_secret", "").strip()
        signatures.check(given, key, request.body, encoding="base64")

    def dedup_key(self, request: Inbound) -> str:
        """LINE numbers events, not requests: of several the digest of their ids, which a repetition keeps."""
        ids = [inbound.event_id(event) for event in _body(request)["events"]]
        if len(ids) == 1 and ids[0]:
            return ids[0]
        named = "\n".join(ids).encode("utf-8", "replace") if ids else request.body
        return f"sha256:{sha256(named).hexdigest()}"

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        try:
            found = list(inbound.events(_body(request), to=creds.get("basic_id", "")))
        except BROKEN as error:
            raise Malformed(f"not a webhook as LINE documents it: {why(error)}") from None
        return understood(found, "LINE")

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def seen(self, to: str, ref: str, creds: Credentials, http: Http) -> None:
        """`ref` is the token that came with the message (its handle's "seen"); an id marks nothing."""
        if ref.isdigit():
            return
        body = {"markAsReadToken": ref}
        await calls.call("POST", "/v2/bot/chat/markAsRead", creds, http, json=body)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Moving dots for some seconds or until our message; there is no way to hide them earlier."""
        if on:
            body = {"chatId": to, "loadingSeconds": LOADING_SECONDS}
            await calls.call("POST", "/v2/bot/chat/loading/start", creds, http, json=body)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await files.download(media, creds, http, sink)

    async def profile(self, address: str, creds: Credentials, http: Http) -> Profile | None:
        """None for somebody who is no friend, or has blocked us."""
        try:
            found = await calls.ask(f"/v2/bot/profile/{quote(address, safe='')}", creds, http)
        except Rejected:
            return None
        return Profile(name=str(found.get("displayName") or ""), locale=str(found.get("language") or ""))

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """The chat with prefilled words, the tag at their end; without both the page that adds a friend."""
        account = quote(address, safe="")
        words = tags.prefilled(tag, group=group, text=text)
        if not words:
            return f"https://line.me/R/ti/p/{account}"
        return f"https://line.me/R/oaMessage/{account}/?{quote(words, safe='')}"


def _body(request: Inbound) -> dict[str, Any]:
    body = read_object(request.body)
    found = body.get("events")
    if not isinstance(found, list) or not all(isinstance(event, dict) for event in found):
        raise Malformed("the webhook has no list of events")
    return body


PLATFORM = Line()

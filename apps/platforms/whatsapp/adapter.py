"""WhatsApp Cloud API, on Meta's servers: https://developers.facebook.com/docs/whatsapp/cloud-api."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, BinaryIO, ClassVar
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms import compose
from apps.platforms.base import (
    Answer,
    Capabilities,
    Connection,
    Content,
    Credential,
    Credentials,
    Greeting,
    Inbound,
    Malformed,
    Outgoing,
    Part,
    Platform,
    Rejected,
    RetryClass,
    Template,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import Card
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import graph, tags
from apps.platforms.shared.contents import BROKEN, understood, why
from apps.platforms.whatsapp import cards, files, outbound, templates, webhook
from apps.platforms.whatsapp.account import business, number
from apps.platforms.windows import Opener, Price, Takes, Window

ID = r"\s*[0-9]{5,20}\s*"
# Since 2026-10-01 messages in the window are charged for as well; free entry points are in no data.
WINDOWS = (
    Window(rule="customer_service", hours=24, price=Price.BILLED),
    Window(rule="customer_service_call", opener=Opener.CALL, hours=24, price=Price.BILLED),
    Window(rule="template", takes=Takes.TEMPLATE, price=Price.BILLED),
    Window(rule="template_call", opener=Opener.CALL, takes=Takes.TEMPLATE, price=Price.BILLED),
)


class WhatsApp(Platform):
    """Our address is the number in digits, because `entry_link` needs it; calls name it by its id."""

    slug: ClassVar[str] = "whatsapp"
    name: ClassVar[str] = "WhatsApp"
    docs_url: ClassVar[str] = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes"
    refuses_strangers: ClassVar[bool] = False  # Meta switches an app's webhook off for every business
    largest_request: ClassVar[int] = graph.WEBHOOK_BYTES
    greets: ClassVar[frozenset[str]] = frozenset({"starters"})
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="phone_number_id",
            label="Phone number ID",
            pattern=ID,
            help="The ID below the number in WhatsApp Manager, not the number itself.",
        ),
        Credential(name="waba_id", label="WhatsApp Business Account ID", pattern=ID),
        Credential(
            name="token",
            label="Access token",
            secret=True,
            pattern=r"\s*[!-~]+\s*",
            help="Of a system user, with whatsapp_business_messaging and whatsapp_business_management.",
        ),
        Credential(
            name="app_secret",
            label="App secret",
            secret=True,
            help="App settings, Basic: with it Meta proves who it is.",
        ),
        Credential(
            name="verify_token",
            label="Verify token",
            secret=True,
            pattern=r"[A-Za-z0-9_-]{8,128}",
            help="Letters and digits that you make up here and type once more at Meta.",
        ),
        Credential(name="number", label="Number", generated=True),
        graph.BASE_URL,
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=4096,
        media_limit=files.MOST,
        files=files.LIMITS,
        caption_limit=1024,
        cards=cards.LIMITS,
        typing_out=True,
        typing_at_message=True,
        seen_out=True,
        reactions_in=True,
        templates=True,
        delivery_receipts=True,
        read_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.RECONCILED,
        windows=WINDOWS,
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract. The app is subscribed to the business account, and the number's webhooks are led
        to us, unless Meta cannot verify our address yet: before the first connection we do not answer for
        it, and then what the business set for its app counts."""
        (waba, owner), (ours, caller) = business(creds), number(creds)
        told = await self._number(creds, http)
        await graph.certainly(graph.call("POST", f"{waba}/subscribed_apps", owner, http, json={}))
        override = {"override_callback_uri": webhook_url, "verify_token": creds.get("verify_token", "")}
        configure = {"webhook_configuration": override}
        with suppress(Rejected):
            await graph.certainly(graph.call("POST", ours, caller, http, json=configure))
        digits = webhook.number(told)
        name = str(told.get("verified_name") or told.get("display_phone_number") or digits)
        return Connection(address=digits, name=name, generated={"number": digits})

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Look at the number and where its webhooks go. `application` is the app's own address, the others
        stand before it."""
        told = await self._number(creds, http)
        places = told.get("webhook_configuration")
        places = places if isinstance(places, dict) else {}
        order = ("phone_number", "whatsapp_business_account", "application")
        place = next((places[name] for name in order if places.get(name)), "")
        if place != webhook_url:
            raise Rejected("Meta delivers to another address: connect again", code="webhook_elsewhere")
        quality = str(told.get("quality_rating") or "").lower()
        return f"Number connected, quality {quality}" if quality else "Number connected"

    async def _number(self, creds: Credentials, http: Http) -> dict[str, Any]:
        fields = "display_phone_number,verified_name,quality_rating,webhook_configuration"
        ours, caller = number(creds)
        told = await graph.ask(ours, caller, http, query={"fields": fields})
        if not webhook.number(told):
            raise Rejected("Meta does not name the number", code="no_number")
        return told

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        return graph.handshake(request, creds.get("verify_token", ""))

    def verify(self, request: Inbound, creds: Credentials) -> None:
        graph.verify(request, creds.get("app_secret", ""))

    def recipients(self, request: Inbound) -> Sequence[str]:
        try:
            return webhook.numbers(read_object(request.body))
        except (Malformed, *BROKEN):
            return ()

    def share_of(self, request: Inbound, address: str) -> bytes:
        share = webhook.share_of(read_object(request.body), address)
        return json.dumps(share, ensure_ascii=False).encode("utf-8", "replace")

    def dedup_key(self, request: Inbound) -> str:
        return graph.dedup_key(request)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        """As the contract; the time of what WhatsApp gives no time for is the present."""
        body = read_object(request.body)
        to, own = creds.get("number", ""), creds.get("phone_number_id", "").strip()
        try:
            found = list(webhook.events(body, to=to, number_id=own, now=datetime.now(UTC)))
        except BROKEN as error:
            raise Malformed(f"not a webhook as WhatsApp documents it: {why(error)}") from None
        return understood(found, "WhatsApp")

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        """A sound or a sticker takes no caption: its words go before it."""
        silent = any(files.kind_of(file) in files.WITHOUT_WORDS for file in content.media)
        can = replace(self.capabilities, caption_limit=0) if silent else self.capabilities
        return compose.plan(content, can, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def seen(self, to: str, ref: str, creds: Credentials, http: Http) -> None:
        await outbound.mark_read(ref, creds, http)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Shown for 25 seconds or until our message; there is no way to hide it earlier."""
        if on:
            await outbound.mark_read(to, creds, http, typing=True)

    async def templates(self, creds: Credentials, http: Http) -> Sequence[Template]:
        return await templates.all_of(creds, http)

    async def greet(self, greeting: Greeting, creds: Credentials, http: Http) -> None:
        await outbound.greet(greeting, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await outbound.download(media, creds, http, sink)

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """The wa.me link; without tag and text just the conversation."""
        digits = "".join(character for character in address if character in "0123456789")
        words = tags.prefilled(tag, group=group, text=text)
        return f"https://wa.me/{digits}" + (f"?text={quote(words, safe='')}" if words else "")


PLATFORM = WhatsApp()

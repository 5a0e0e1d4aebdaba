"""Telegram bots (Bot API 10.0), on Telegram's servers or on a Bot API server of the business's own."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar
from urllib.parse import quote

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
    Unknown,
    Unreachable,
)
from apps.platforms.bodies import read_object
from apps.platforms.cards import Card
from apps.platforms.events import Event, MediaRef, MessageReceived
from apps.platforms.shared import servers
from apps.platforms.shared.answers import redact
from apps.platforms.shared.contents import BROKEN
from apps.platforms.telegram import calls, cards, files, inbound, keyboards, outbound

# Reactions are not in Telegram's default set; business chats are left out until we can answer in them.
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "message_reaction")


class Telegram(Platform):
    """Our address is the bot's username, because `entry_link` needs it; ids of people are chat ids."""

    slug: ClassVar[str] = "telegram"
    name: ClassVar[str] = "Telegram"
    docs_url: ClassVar[str] = "https://core.telegram.org/bots/api#making-requests"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="token",
            label="Bot token",
            secret=True,
            pattern=calls.TOKEN,
            help="What @BotFather gave you, such as 123456789:AAE…",
        ),
        Credential(name="webhook_secret", label="Webhook secret", secret=True, generated=True),
        Credential(name="username", label="Username of the bot", generated=True),
        servers.base_url(
            "Bot API server", help=f"Only for a Bot API server of your own; {calls.BASE_URL} when left empty."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=keyboards.TEXT_LIMIT,
        media_limit=50 * 1024 * 1024,
        files=files.LIMITS,
        caption_limit=cards.CAPTION_LIMIT,
        cards=cards.LIMITS,
        typing_out=True,
        entry_tag=True,
        reactions_in=True,
        retry_class=RetryClass.NEVER,
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; a webhook secret that is already there is kept."""
        secret = creds.get("webhook_secret") or secrets.token_urlsafe(32)
        ours = {**creds, "webhook_secret": secret}
        webhook = {"url": webhook_url, "secret_token": secret, "allowed_updates": UPDATES}
        try:
            bot = await calls.call("getMe", ours, http)
            await calls.call("setWebhook", ours, http, json=webhook)
        except Unknown as error:  # both calls may be repeated, so nothing is in doubt
            raise Unreachable(error.words, code=error.code) from None
        if not isinstance(bot, dict) or not isinstance(bot.get("username"), str):
            raise Rejected("the Bot API server does not name the bot", code="no_username")
        username = bot["username"]
        generated = {"webhook_secret": secret, "username": username}
        return Connection(address=username, name=str(bot.get("first_name") or username), generated=generated)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Look at the webhook from Telegram's side. An error that Telegram got over is not reported."""
        webhook = await calls.call("getWebhookInfo", creds, http)
        if not isinstance(webhook, dict):
            raise Unknown("the answer says nothing about the webhook")
        if webhook.get("url") != webhook_url:
            raise Rejected("Telegram delivers to another address: connect again", code="webhook_elsewhere")
        waiting = webhook.get("pending_update_count") or 0
        if waiting and webhook.get("last_error_message"):
            words = f"Telegram cannot deliver {waiting} update(s): {webhook['last_error_message']}"
            raise Unreachable(redact(words, calls.secrets(creds)), code="webhook_failing")
        return f"Webhook set, {waiting} update(s) waiting"

    def verify(self, request: Inbound, creds: Credentials) -> None:
        given = request.headers.get("x-telegram-bot-api-secret-token", "").encode("utf-8", "replace")
        expected = creds.get("webhook_secret", "").encode()
        if not expected or not hmac.compare_digest(given, expected):
            raise BadSignature("the secret token is missing or wrong")

    def dedup_key(self, request: Inbound) -> str:
        return str(_update(request)["update_id"])

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        """As the contract; a tap on a button has no time at Telegram and gets the present one."""
        to = creds.get("username") or calls.bot_id(creds)
        try:
            return inbound.events(_update(request), to=to, now=datetime.now(UTC))
        except BROKEN as error:
            what = repr(error) if isinstance(error, KeyError) else type(error).__name__
            raise Malformed(f"not an update as Telegram documents it: {what}") from None

    async def acknowledge(self, event: MessageReceived, creds: Credentials, http: Http) -> None:
        """Stop the tapped button's spinner; a query that is too old for it no longer has one."""
        if event.ack:
            try:
                await calls.call("answerCallbackQuery", creds, http, json=event.ack)
            except Rejected as error:
                if "query is too old" not in error.words.lower():
                    raise

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        can = replace(self.capabilities, cards=cards.limits_for(content))
        return compose.plan(content, can, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Shown for five seconds or until a message of ours; there is no way to hide it earlier."""
        if on:
            action = {"chat_id": outbound.chat_id(to), "action": "typing"}
            await calls.call("sendChatAction", creds, http, json=action)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await files.download(media, creds, http, sink)

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """https://t.me/<username>?start=<tag>; Telegram has no place for a group or a text."""
        link = f"https://t.me/{quote(address, safe='')}"
        return f"{link}?start={quote(tag, safe='')}" if tag else link


def _update(request: Inbound) -> dict[str, object]:
    update = read_object(request.body)
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool):
        raise Malformed("the update has no update_id")
    return update


PLATFORM = Telegram()

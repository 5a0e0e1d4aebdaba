"""Direct messages on X (API v2, pay per use)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
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
from apps.platforms.cards import fallback_text
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import servers, tags
from apps.platforms.shared.contents import BROKEN
from apps.platforms.windows import Price, Window
from apps.platforms.x_dm import calls, files, inbound, uploads, webhooks

TEXT = 10_000
# Not documented.
LINK = "https://twitter.com/messages/compose"
PROFILE = "https://twitter.com/i/user"


def _key(name: str, label: str, help: str) -> Credential:
    return Credential(name=name, label=label, secret=True, pattern=calls.KEY, help=help)


class XDirectMessages(Platform):
    """Our address is the account's numeric id; one app, with its one webhook, serves one account."""

    slug: ClassVar[str] = "x_dm"
    name: ClassVar[str] = "X"
    docs_url: ClassVar[str] = "https://docs.x.com/x-api/fundamentals/response-codes-and-errors"
    asks_back: ClassVar[bool] = True
    credentials: ClassVar[Sequence[Credential]] = (
        _key("consumer_key", "API key", "Keys and tokens of your app in X's developer console."),
        _key("consumer_secret", "API key secret", "Shown beside the API key: with it X proves who it is."),
        _key("access_token", "Access token", "Of the account that answers, with access to direct messages."),
        _key("access_token_secret", "Access token secret", "Shown beside the access token."),
        Credential(name="user_id", label="ID of the account", generated=True),
        servers.base_url("X API server", help=f"Only for a server of your own; {calls.API} when left empty."),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=TEXT,
        media_limit=512 * uploads.MB,
        files=uploads.FILE_LIMITS,
        fetches_media=True,
        typing_in=True,
        delivery_receipts=True,  # of what was read: X tells of nothing in between
        read_receipts=True,
        entry_tag=True,
        retry_class=RetryClass.NEVER,
        windows=(Window(rule="customer_wrote", price=Price.BILLED),),
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """Who the account is. The webhook is registered by the `check` that follows, see webhooks.py."""
        me = (await calls.certainly(calls.call("GET", "/2/users/me", creds, http))).get("data")
        address = me.get("id") if isinstance(me, dict) else None
        if not isinstance(me, dict) or not isinstance(address, str) or not address.isdigit():
            raise Rejected("X does not name the account", code="no_account")
        return Connection(
            address=address, name=f"@{me.get('username') or address}", generated={"user_id": address}
        )

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        await webhooks.ensure(creds, webhook_url, http)
        return "Webhook set, account subscribed"

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        return webhooks.challenge(request, creds)

    def verify(self, request: Inbound, creds: Credentials) -> None:
        webhooks.verify(request, creds)

    def dedup_key(self, request: Inbound) -> str:
        """The id of the event or of the message; a request without either is known by its content."""
        names = inbound.names(read_object(request.body))
        if len(names) == 1 and len(names[0]) < 100:
            return names[0]
        named = "\n".join(names).encode("utf-8", "replace") if names else request.body
        return f"sha256:{sha256(named).hexdigest()}"

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        try:
            return list(inbound.events(read_object(request.body), to=creds.get("user_id", "")))
        except BROKEN as error:
            what = repr(error) if isinstance(error, KeyError) else type(error).__name__
            raise Malformed(f"not an event as X documents it: {what}") from None

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """X drops no repeated message and gives no key: one without an answer is shown to a person."""
        path = f"/2/dm_conversations/with/{quote(outgoing.to, safe='')}/messages"
        body = await _body(outgoing, creds, http)
        sent = (await calls.call("POST", path, creds, http, json=body, to_customer=True)).get("data")
        if not isinstance(sent, dict) or not isinstance(sent.get("dm_event_id"), str):
            raise Unknown("the answer names no message")
        return str(sent["dm_event_id"])

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await files.download(media, creds, http, sink)

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """The page that writes to us, with words that end with the tag; without both, our page."""
        words = tags.prefilled(tag, group=group, text=text)
        account = quote(address, safe="")
        return (
            f"{LINK}?recipient_id={account}&text={quote(words, safe='')}" if words else f"{PROFILE}/{account}"
        )


async def _body(outgoing: Outgoing, creds: Credentials, http: Http) -> dict[str, Any]:
    part, media = outgoing.part, outgoing.media
    if part.kind == "media" and media is not None:
        if uploads.category(media):
            return {"attachments": [{"media_id": await uploads.upload(media, outgoing.id, creds, http)}]}
        if not media.url.startswith(("https://", "http://")):
            raise Rejected("the file has no address to give to the customer", code="no_public_url")
        return {"text": f"{media.name}\n{media.url}"}
    if part.kind == "card" and part.card is not None:
        return {"text": fallback_text(part.card)}
    if part.kind in ("text", "link"):
        return {"text": part.text}
    raise Rejected(f"X cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


PLATFORM = XDirectMessages()

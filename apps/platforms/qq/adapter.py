"""QQ bots that talk to one person at a time (C2C)."""

from __future__ import annotations

from collections.abc import Sequence
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
    Part,
    Platform,
    Rejected,
    RetryClass,
    Unreachable,
)
from apps.platforms.events import Event, MediaRef, MessageReceived
from apps.platforms.qq import calls, inbound, outbound, signing
from apps.platforms.shared import servers
from apps.platforms.shared.answers import unfetched
from apps.platforms.shared.contents import BROKEN
from apps.platforms.windows import Window

ACK = '{"op":12}'


class QQ(Platform):
    """Our address is the bot's id; customers are open ids, which differ from bot to bot.

    Buttons are left to bots that QQ has invited to use them, so that cards are numbered text here.
    """

    slug: ClassVar[str] = "qq"
    name: ClassVar[str] = "QQ"
    docs_url: ClassVar[str] = "https://bot.q.qq.com/wiki/develop/api-v2/openapi/error/error.html"
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(name="app_id", label="AppID", pattern=r"\s*[0-9]{4,20}\s*"),
        Credential(
            name="app_secret",
            label="AppSecret",
            secret=True,
            help="Development settings of the bot; it is shown once. It also signs.",
        ),
        servers.base_url("API server", help=f"Only to use another server; {calls.BASE_URL} when left empty."),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=outbound.TEXT_LIMIT,
        media_limit=outbound.FILE_BYTES,
        files=outbound.FILE_LIMITS,
        retry_class=RetryClass.NEVER,
        windows=(Window(rule="passive_reply", hours=outbound.HOURS, messages=outbound.REPLIES),),
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """Ask for a token; the webhook is set by hand on QQ's page, which then has us sign something."""
        await calls.fetch_token(creds, http)
        app_id = creds.get("app_id", "").strip()
        return Connection(address=app_id, name=f"QQ {app_id}")

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        told = await calls.certainly("GET", "/users/@me", creds, http)
        return f"Connected as {told['username']}" if told.get("username") else "Token accepted"

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        return signing.validation(request, creds)

    def verify(self, request: Inbound, creds: Credentials) -> None:
        signing.verify(request, creds)

    def taken(self, request: Inbound, creds: Credentials) -> Answer:
        return Answer(body=ACK, content_type="application/json")

    def dedup_key(self, request: Inbound) -> str:
        return inbound.dedup_key(request)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        try:
            return inbound.events(request, to=creds.get("app_id", "").strip(), now=datetime.now(UTC))
        except BROKEN as error:
            raise Malformed(f"not as QQ documents it: {type(error).__name__}") from None

    async def acknowledge(self, event: MessageReceived, creds: Credentials, http: Http) -> None:
        """Stop a tapped button's spinner."""
        interaction = (event.ack or {}).get("interaction")
        if interaction:
            path = f"/interactions/{quote(interaction, safe='')}"
            await calls.certainly("PUT", path, creds, http, json={"code": 0})

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """From the address that came with the message, which needs no token and ends after a while."""
        try:
            answer = await http.fetch(str(media.locator["url"]), sink)
        except HttpError as error:
            raise unfetched(error, (calls.secret(creds),)) from None
        if answer.status >= 500:
            raise Unreachable("QQ does not give the file now", code=str(answer.status))
        if answer.status >= 300:
            raise Rejected("QQ no longer has this file", code=str(answer.status))
        told = answer.headers.get("content-type", "").partition(";")[0].strip()
        return media.mime or told


PLATFORM = QQ()

"""WeChat official accounts (service accounts with customer service messages)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar

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
    Outgoing,
    Part,
    Platform,
    Profile,
    RetryClass,
)
from apps.platforms.cards import Card, Unit
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import servers
from apps.platforms.wechat import calls, cards, files, inbound, outbound, qr, welcome, wire
from apps.platforms.windows import Opener, Window

# WeChat's numbers of today (until 2024 there were 20 answers); a minute after a menu, a code or following.
WINDOWS = (
    Window(rule="customer_service", hours=48, messages=5),
    Window(rule="customer_service_tap", opener=Opener.TAP, hours=1 / 60, messages=3),
)


class WeChat(Platform):
    """Our address is the account's original id (gh_…), which every message names; customers are open ids."""

    slug: ClassVar[str] = "wechat"
    name: ClassVar[str] = "WeChat"
    docs_url: ClassVar[str] = (
        "https://developers.weixin.qq.com/doc/offiaccount/en/Getting_Started/Global_Return_Code.html"
    )
    makes_codes: ClassVar[bool] = True
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="account_id",
            label="Original ID",
            pattern=r"\s*gh_[0-9A-Za-z]{6,32}\s*",
            help="Settings, Account details: it begins with gh_.",
        ),
        Credential(name="app_id", label="AppID", pattern=rf"\s*{calls.APP_ID}\s*"),
        Credential(name="app_secret", label="AppSecret", secret=True),
        Credential(
            name="token",
            label="Token",
            secret=True,
            pattern=r"[A-Za-z0-9]{3,32}",
            help="3 to 32 letters and digits that you make up here and type once more at WeChat.",
        ),
        Credential(
            name="aes_key",
            label="EncodingAESKey",
            secret=True,
            required=False,
            pattern=r"[A-Za-z0-9]{43}",
            help="For the secure mode, which we advise: with it only encrypted messages are taken.",
        ),
        Credential(
            name="welcome",
            label="Welcome message",
            required=False,
            help="What new followers read at once; nothing when left empty.",
        ),
        servers.base_url("API server", help=f"Only to use another server; {calls.BASE_URL} when left empty."),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=cards.TEXT,
        text_unit=Unit.BYTES,
        media_limit=files.MOST,
        files=files.LIMITS,
        cards=cards.LIMITS,
        typing_out=True,
        entry_tag=True,
        retry_class=RetryClass.NEVER,
        windows=WINDOWS,
    )

    def __init__(self) -> None:
        self._used = wire.Used()

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """Ask for a token; the webhook is set by hand on WeChat's page, which then shakes hands."""
        await calls.fetch_token(creds, http)
        address = creds.get("account_id", "").strip()
        return Connection(address=address, name=f"WeChat {address}")

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Ask from where WeChat calls: needs the token and our address on the account's list, and no more."""
        await calls.ask("getcallbackip", creds, http)
        return "Token accepted"

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        return wire.handshake(request, creds, now=datetime.now(UTC))

    def verify(self, request: Inbound, creds: Credentials) -> None:
        now = datetime.now(UTC)
        wire.authentic(request, creds, now=now)
        if not creds.get("aes_key", "").strip():
            self._used.check(request.query["signature"], request.body, now=now.timestamp())

    def taken(self, request: Inbound, creds: Credentials) -> Answer:
        """Within five seconds, else WeChat asks three times and then tells the customer that the service is
        unavailable. Only a welcome stands in it."""
        return welcome.answer(request, creds, now=datetime.now(UTC))

    def dedup_key(self, request: Inbound) -> str:
        return wire.dedup_key(request)

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        return inbound.events(wire.message(request, creds), to=creds.get("account_id", "").strip())

    def fits(self, card: Card) -> bool:
        return cards.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Shown for fifteen seconds at most."""
        await outbound.typing(to, on, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await files.download(media, creds, http, sink)

    async def profile(self, address: str, creds: Credentials, http: Http) -> Profile | None:
        """The language; WeChat no longer tells names."""
        told = await calls.ask("user/info", creds, http, openid=address)
        language = told.get("language")
        return Profile(locale=language.replace("_", "-")) if isinstance(language, str) and language else None

    async def make_code(self, tag: str, creds: Credentials, http: Http) -> str:
        return await qr.create(tag, creds, http)


PLATFORM = WeChat()

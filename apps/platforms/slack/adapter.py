"""Slack: an app in the business's workspace (https://docs.slack.dev), by the Events API and the Web API."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import BinaryIO, ClassVar

from apps.core.http import Http
from apps.platforms import compose
from apps.platforms.base import (
    Answer,
    BadCredentials,
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
    Unknown,
)
from apps.platforms.cards import Card
from apps.platforms.events import Event, MediaRef
from apps.platforms.shared import servers
from apps.platforms.shared.answers import certain
from apps.platforms.shared.contents import BROKEN
from apps.platforms.slack import api, blocks, files, inbound, outbound, people, webhook

NEEDED = frozenset({"chat:write", outbound.READ_METADATA})


class Slack(Platform):
    """Our address is the workspace's id. `clock` gives unix seconds."""

    slug: ClassVar[str] = "slack"
    name: ClassVar[str] = "Slack"
    docs_url: ClassVar[str] = "https://docs.slack.dev/reference/methods/chat.postMessage#errors"
    refuses_strangers: ClassVar[bool] = False  # Slack switches an app's events off when too many are refused
    credentials: ClassVar[Sequence[Credential]] = (
        Credential(
            name="token",
            label="Bot token",
            secret=True,
            pattern=rf"\s*{api.TOKEN}\s*",
            help="OAuth & Permissions: what begins with xoxb-.",
        ),
        Credential(
            name="signing_secret",
            label="Signing secret",
            secret=True,
            required=False,
            deployment="SLACK_SIGNING_SECRET",
            help="Basic Information, App Credentials. Leave empty to use this service's own Slack app.",
        ),
        Credential(name="team_id", label="Workspace ID", generated=True),
        Credential(name="bot_user_id", label="User of the bot", generated=True),
        Credential(name="bot_id", label="Number of the bot", generated=True),
        Credential(name="scopes", label="Scopes of the app", generated=True),
        servers.base_url(
            "Web API server", help=f"Only for a server of your own; {api.BASE_URL} when left empty."
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=4000,  # Slack cuts at 40,000 and advises 4,000
        media_limit=1024**3,
        caption_limit=4000,
        cards=blocks.LIMITS,
        reactions_in=True,
        can_find=True,
        retry_class=RetryClass.RECONCILED,
    )

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract; Slack lets an app's address be set by hand only."""
        if not creds.get("signing_secret"):
            raise BadCredentials("the signing secret is missing", field="signing_secret", code="no_secret")
        told, scopes = await self._introduce(creds, http)
        missing = NEEDED - scopes if scopes is not None else frozenset()
        if missing:
            words = f"the app lacks {', '.join(sorted(missing))}: add it and install the app again"
            raise BadCredentials(words, field="token", code="missing_scope")
        names = ("team_id", "user_id", "bot_id")
        team_id, user_id, bot_id = (str(told.get(name) or "") for name in names)
        if not team_id or not bot_id:
            raise Rejected("Slack does not name the workspace and the bot", code="no_bot")
        known = {"team_id": team_id, "bot_user_id": user_id, "bot_id": bot_id}
        generated = {**known, "scopes": ",".join(sorted(scopes or ()))}
        return Connection(address=team_id, name=str(told.get("team") or team_id), generated=generated)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """Whether the token works; Slack does not say where its events go."""
        told, _ = await self._introduce(creds, http)
        return f"Workspace {told.get('team')} connected"

    async def _introduce(self, creds: Credentials, http: Http) -> tuple[api.Json, frozenset[str] | None]:
        try:
            return await api.ask("auth.test", creds, http, {})
        except Unknown as error:
            raise certain(error) from None

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        challenge = webhook.challenge(request)
        if challenge is None:
            return None
        self.verify(request, creds)
        return Answer(body=challenge)

    def verify(self, request: Inbound, creds: Credentials) -> None:
        webhook.verify(request, creds.get("signing_secret", "").strip(), self._clock())

    def recipients(self, request: Inbound) -> Sequence[str]:
        try:
            found = webhook.workspace(webhook.read(request))
        except Malformed:
            return ()
        return (found,) if found else ()

    def taken(self, request: Inbound, creds: Credentials) -> Answer:
        """Nothing: words would be shown to whoever tapped."""
        return Answer(body="")

    def dedup_key(self, request: Inbound) -> str:
        return webhook.dedup_key(webhook.read(request))

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        """As the contract; what another workspace's installation sees is for another channel."""
        body, to = webhook.read(request), creds.get("team_id", "")
        if webhook.workspace(body) != to:
            return []
        bot, bot_id = creds.get("bot_user_id", ""), creds.get("bot_id", "")
        try:
            return inbound.events(body, to=to, bot=bot, bot_id=bot_id)
        except BROKEN as error:
            what = repr(error) if isinstance(error, KeyError) else type(error).__name__
            raise Malformed(f"not an event as Slack documents it: {what}") from None

    def fits(self, card: Card) -> bool:
        return blocks.fits(card)

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        return compose.plan(content, self.capabilities, device, fits=self.fits)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        return await outbound.send(outgoing, creds, http)

    async def find(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str | None:
        return await outbound.find(outgoing, creds, http)

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        return await files.download(media, creds, http, sink)

    async def profile(self, address: str, creds: Credentials, http: Http) -> Profile | None:
        return await people.profile(address, creds, http)


PLATFORM = Slack()

"""Instagram: the inbox of a professional account, by either of Meta's two products.

The Messenger API for Instagram has the token of a linked Page and lives on graph.facebook.com; the Instagram
API with Instagram Login has a token of the account itself and lives on graph.instagram.com.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms.base import (
    BadCredentials,
    Capabilities,
    Connection,
    Credential,
    Credentials,
    Outgoing,
    Rejected,
    Renewal,
    RetryClass,
)
from apps.platforms.cards import Unit
from apps.platforms.file_limits import FileLimits, Others, Shown, shown_as
from apps.platforms.shared import graph
from apps.platforms.shared.graph import Account
from apps.platforms.shared.messenger_api import errors, files
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

# Not documented: how the tokens of Instagram Login begin, and that its webhooks are signed with the Instagram
# app's own secret (a field of the form, so either can be given).
LOGIN_TOKEN = "IG"
LIFETIME = timedelta(days=60)  # of such a token, from when it was made or renewed
TEXT_BYTES = 999  # "less than 1000 bytes"
FIELDS = (
    "messages",
    "messaging_postbacks",
    "messaging_seen",
    "message_reactions",
    "messaging_referral",
    "messaging_handover",
    "standby",
)
NEEDED = frozenset({"messages", "messaging_postbacks"})
# What Instagram shows, from its documentation of sending files; sounds and films under all their names.
PICTURE = Shown(types=files.PICTURE.types, most=files.IMAGE_BYTES)
AUDIO = ("audio/aac", "audio/mp4", "audio/m4a", "audio/x-m4a", "audio/wav", "audio/x-wav")
VIDEO = ("video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm")
FILES = FileLimits(
    shown=(PICTURE, Shown(types=AUDIO), Shown(types=VIDEO), Shown(types=("application/pdf",))),
    others=Others.REFUSED,
)
SHAPES = Shapes(text_limit=TEXT_BYTES, text_unit=Unit.BYTES, buttons=False)


class Instagram(MessengerPlatform):
    """Our address is the professional account's id, which heads every webhook; links want its name."""

    slug: ClassVar[str] = "instagram"
    name: ClassVar[str] = "Instagram"
    object_name: ClassVar[str] = "instagram"
    address_field: ClassVar[str] = "account_id"
    link_name: ClassVar[str] = "username"
    shapes: ClassVar[Shapes] = SHAPES
    uploads: ClassVar[bool] = False
    profile_fields: ClassVar[str] = "name,username"
    profile_query: ClassVar[dict[str, str]] = {"platform": "instagram"}
    docs_url: ClassVar[str] = "https://developers.facebook.com/docs/messenger-platform/error-codes"
    greets: ClassVar[frozenset[str]] = frozenset({"starters", "menu"})
    shows: ClassVar[frozenset[str]] = frozenset({"ice_breakers", "persistent_menu"})
    credentials: ClassVar[Sequence[Credential]] = (
        token(
            "Access token",
            "Made for your Instagram professional account or for its Page, such as IGAA… or EAAG…",
        ),
        app_secret("INSTAGRAM_APP_SECRET"),
        verify_token("INSTAGRAM_VERIFY_TOKEN"),
        Credential(name="account_id", label="Professional account", generated=True),
        Credential(name="username", label="Instagram name", generated=True),
        Credential(name="app_id", label="App", generated=True),
        graph.BASE_URL,
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=TEXT_BYTES,
        text_unit=Unit.BYTES,
        media_limit=files.MOST,
        files=FILES,
        cards=SHAPES.limits(),
        typing_out=True,
        seen_out=True,
        reactions_in=True,
        takes_threads=True,
        fetches_media=True,
        entry_tag=True,
        # The echo confirms a message only if Meta repeats our metadata on Instagram, which is not documented;
        # without it a person decides, as for platforms that never tell.
        retry_class=RetryClass.RECONCILED,
        windows=WINDOWS,
    )

    def account(self, creds: Credentials) -> Account:
        """No proof of the app's secret with Instagram Login: its documentation knows none."""
        login = creds.get("token", "").strip().startswith(LOGIN_TOKEN)
        return Account(
            token=creds.get("token", ""),
            app_secret="" if login else creds.get("app_secret", ""),
            base_url=creds.get("base_url", ""),
            host=graph.INSTAGRAM if login else graph.FACEBOOK,
            errors=errors.TABLE,
        )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """As the contract. The webhook's address is set by hand in the Meta app, which may serve many
        accounts; here the account, or the Page that it is linked to, is subscribed to it."""
        needs_secret(creds)
        account = self.account(creds)
        number, name = await _who(account, http)
        await subscribe("me", FIELDS, account, http)
        generated = {"account_id": number, "username": name, "app_id": await app_of(account, http)}
        end = datetime.now(UTC) + LIFETIME if account.host == graph.INSTAGRAM else None
        return Connection(address=number, name=name or number, generated=generated, expires_at=end)

    async def renew(self, creds: Credentials, http: Http) -> Renewal | None:
        """A token of Instagram Login that is a day old lasts again as long as the answer says (Meta's
        reference of /refresh_access_token); one of a Page does not end."""
        account = self.account(creds)
        if account.host != graph.INSTAGRAM:
            return None
        query = {"grant_type": "ig_refresh_token", "access_token": account.token}
        found = await graph.ask("refresh_access_token", account, http, query=query)
        fresh, seconds = found.get("access_token"), found.get("expires_in")
        if not isinstance(fresh, str) or not fresh or not isinstance(seconds, int) or seconds <= 0:
            raise Rejected("Instagram renewed nothing", code="not_renewed")
        end = datetime.now(UTC) + timedelta(seconds=min(seconds, LIFETIME.total_seconds()))
        return Renewal(credentials={"token": fresh}, expires_at=end)

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """As the contract; files that Instagram would fetch in vain are refused before."""
        media = outgoing.media
        if media is not None and not any(each.typed(media) for each in FILES.shown):
            words = (
                f"Instagram does not take {media.mime or 'such files'}: send JPEG, PNG, GIF, MP4, M4A or PDF"
            )
            raise Rejected(words, code="file_type")
        if media is not None and not shown_as(media, FILES.shown):
            raise Rejected("Instagram takes pictures of at most 8 MB", code="file_size")
        return await super().send(outgoing, creds, http)

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        account = self.account(creds)
        number, _name = await _who(account, http)
        if number != creds.get("account_id", ""):
            raise BadCredentials("the token is of another account: connect again", field="token")
        found = await subscribed("me", account, http)
        missing = NEEDED - found
        if missing:
            words = f"the account does not send {', '.join(sorted(missing))}: connect again"
            raise Rejected(words, code="not_subscribed")
        return f"Account subscribed to {len(found)} kinds of events"

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """https://ig.me/m/<name>?ref=<tag>; Instagram has no place for a group or a text. The ref comes with
        a tapped starter or as an event by itself."""
        if not address:
            return ""
        link = f"https://ig.me/m/{quote(address, safe='')}"
        return f"{link}?ref={quote(tag, safe='')}" if tag else link


async def _who(account: Account, http: Http) -> tuple[str, str]:
    """Id and name of the professional account, of the token itself or of the Page that the token is for."""
    if account.host == graph.INSTAGRAM:
        found = await graph.ask("me", account, http, query={"fields": "user_id,username"})
        number = found.get("user_id") or found.get("id")
    else:
        asks = {"fields": "instagram_business_account{id,username}"}
        page = await graph.ask("me", account, http, query=asks)
        linked = page.get("instagram_business_account")
        found = linked if isinstance(linked, dict) else {}
        number = found.get("id")
    if not isinstance(number, str) or not number:
        words = "the token leads to no Instagram professional account"
        raise BadCredentials(words, field="token", code="no_account")
    return number, str(found.get("username") or "")


PLATFORM = Instagram()

"""The contract between a messaging platform and the rest of Comptoir.

An adapter turns bytes into events and answers into named errors, nothing else: the adapter says what an
answer means, the domain decides what to do about it. Plain Python: no Django, no database, no queue.
`tests/platforms/contract/` runs over every registered platform.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, ClassVar, Protocol
from uuid import UUID

from apps.core.http import Http
from apps.platforms.cards import Card, CardLimits, Unit
from apps.platforms.errors import NOT_ALLOWED as NOT_ALLOWED
from apps.platforms.errors import BadCredentials as BadCredentials
from apps.platforms.errors import BadSignature as BadSignature
from apps.platforms.errors import ContactGone as ContactGone
from apps.platforms.errors import Exhausted as Exhausted
from apps.platforms.errors import Malformed as Malformed
from apps.platforms.errors import MarketingStopped as MarketingStopped
from apps.platforms.errors import OutOfReach as OutOfReach
from apps.platforms.errors import Rejected as Rejected
from apps.platforms.errors import SendError as SendError
from apps.platforms.errors import Throttled as Throttled
from apps.platforms.errors import Unknown as Unknown
from apps.platforms.errors import Unproven as Unproven
from apps.platforms.errors import Unreachable as Unreachable
from apps.platforms.errors import WindowClosed as WindowClosed
from apps.platforms.events import Event, MediaRef, MessageReceived
from apps.platforms.file_limits import FileLimits
from apps.platforms.greetings import Greeting as Greeting
from apps.platforms.greetings import GreetingLimits as GreetingLimits
from apps.platforms.parts import Content as Content
from apps.platforms.parts import MediaFile as MediaFile
from apps.platforms.parts import Part as Part
from apps.platforms.parts import Slide as Slide
from apps.platforms.parts import Template as Template
from apps.platforms.parts import TemplateUse as TemplateUse
from apps.platforms.parts import part_from_json as part_from_json
from apps.platforms.parts import part_to_json as part_to_json
from apps.platforms.windows import OPEN, Window

Credentials = Mapping[str, str]


class RetryClass(StrEnum):
    """What may be done about an Unknown outcome (RELIABILITY 6.5)."""

    KEYED = "K"  # the platform drops a repeated key: send again with the same one
    RECONCILED = "R"  # the platform tells later: wait for the echo
    NEVER = "N"  # cannot be known: a person decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One field of the form with which a business connects a channel.

    `secret` fields are encrypted, write-only and redacted. `generated` ones are made by us at connection
    (a webhook secret) and never asked for. `deployment` names the environment variable that holds the
    value for all tenants when the field is left empty (one MSP account for many tenants). `server` ones say
    where calls go: whoever changes one has to type the secrets again. `choices` are the only values there
    are, each with its words; the first is what an untouched form says.
    """

    name: str
    label: str
    secret: bool = False
    required: bool = True
    generated: bool = False
    help: str = ""
    pattern: str = ""
    deployment: str = ""
    server: bool = False
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do, as data. Sizes are in characters and bytes."""

    text_limit: int  # in `text_unit`
    media_limit: int
    text_unit: Unit = Unit.CHARACTERS
    media_out: bool = True
    files: FileLimits = FileLimits()  # what of them is shown as such, and what becomes of the others
    caption_limit: int = 0  # 0: text and file are two messages
    cards: Mapping[str, CardLimits] = field(default_factory=dict)  # by kind of card; missing: as text
    words_beside_card: bool = False  # they may be all that the customer sees: "2" answers every card
    typing_out: bool = False
    typing_at_message: bool = False  # `typing` gets the ref of their last message in place of their address
    typing_in: bool = False
    seen_out: bool = False  # `seen` tells the customer that we read
    reactions_in: bool = False
    templates: bool = False  # `templates` lists what the platform has approved
    takes_threads: bool = False  # `take_thread` makes us who answers a customer
    can_find: bool = False  # `find` can tell whether a message was accepted
    fetches_media: bool = False  # the platform fetches files from MediaFile.url
    delivery_receipts: bool = False
    read_receipts: bool = False
    entry_tag: bool = False
    retry_class: RetryClass = RetryClass.NEVER
    windows: Sequence[Window] = OPEN  # when and what may be sent after the customer wrote


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One HTTP request from a platform. Header names are lower-case, `body` is raw.

    `url` is the whole address as the platform called it, under our configured name and never under the one
    that the request claims: some signatures cover it. "" where a stored request is read again.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer a handshake with."""

    body: str
    status: int = 200
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What `connect` found: our address, a name for people, and credentials that it generated."""

    address: str
    name: str
    generated: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None  # when the credentials end, aware; None: they do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One part on its way. `id` is stable over retries (the idempotency key where there is one), as is
    `line`, a number that no other part of the conversation has.

    `files` are those that a card or a template shows, by position. `tag` is what the window that allows it
    wants named.
    `handle` is what came with the customer's message for answering, `handle_age` seconds old: with the one
    that this was allowed to answer, where the platform counts answers, else with their last. `answers` counts
    what has been sent to them since their last. `webhook_url` is this channel's, for platforms that want an
    address for statuses with each message. `doubted` is how many seconds ago an earlier try of this part
    began whose outcome is not known, 0 when there was none (class K only: the others are not tried again).
    """

    id: UUID
    sender: str
    to: str
    part: Part
    line: int = 1
    media: MediaFile | None = None
    reply_to: str = ""
    locale: str = ""
    automatic: bool = False
    agent: str = ""
    files: Mapping[int, MediaFile] = field(default_factory=dict)
    tag: str = ""
    handle: Mapping[str, str] = field(default_factory=dict)
    handle_age: float = 0
    answers: int = 0
    webhook_url: str = ""
    doubted: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """Credentials that replace those which were about to end, by name, and when these end, aware."""

    credentials: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    name: str = ""
    locale: str = ""


class Platform(Protocol):
    """One messaging network. Adapters subclass this; the defaults here suit most."""

    slug: ClassVar[str]
    name: ClassVar[str]
    credentials: ClassVar[Sequence[Credential]]
    capabilities: ClassVar[Capabilities]
    webhook_suffix: ClassVar[str] = ""  # what the platform appends to the URL we register
    refuses_strangers: ClassVar[bool] = True  # 404 for an address that nobody here has; False: 200, dropped
    largest_request: ClassVar[int] = 1024 * 1024  # bytes of a webhook's body; a larger one is malformed
    fetches_keys: ClassVar[bool] = False  # `verify` needs keys that `prepare` fetches
    docs_url: ClassVar[str] = ""  # the platform's own page about errors, for the health line
    link_name: ClassVar[str] = ""  # the credential that `entry_link` wants in place of our address
    permissions: ClassVar[Sequence[str]] = ()  # settings that a Window.permission may name
    stands_in_for: ClassVar[frozenset[str]] = frozenset()  # platforms with the same addresses (OutOfReach)
    greets: ClassVar[frozenset[str]] = frozenset()  # fields of Greeting that `greet` can show
    greeting_limits: ClassVar[GreetingLimits] = GreetingLimits()
    makes_codes: ClassVar[bool] = False  # links with a tag are made by the platform, one by one: `make_code`
    asks_back: ClassVar[bool] = (
        False  # webhooks are registered by `check`, as they are proved while that runs
    )

    async def connect(self, creds: Credentials, webhook_url: str, http: Http) -> Connection:
        """Check the credentials, register the webhook. Raises BadCredentials(field), Unreachable, Rejected.

        Idempotent: connecting again with the same credentials changes nothing on the platform.
        """
        ...

    async def check(self, creds: Credentials, webhook_url: str, http: Http) -> str:
        """One cheap call that shows the channel works: words for the health line. Raises SendError."""
        ...

    async def renew(self, creds: Credentials, http: Http) -> Renewal | None:
        """Make credentials that end (`Connection.expires_at`) last longer; None where only a person can.
        Raises SendError. May be called again."""
        return None

    def answer(self, request: Inbound, creds: Credentials) -> Answer | None:
        """The answer to a handshake, None when the request is not one. `creds` are empty for an address that
        nobody has (yet): some platforms try it while `connect` registers it."""
        return None

    def verify(self, request: Inbound, creds: Credentials) -> None:
        """Raise BadSignature unless the platform made this request, Unproven when its keys cannot be had now.
        Raw bytes, constant time."""
        ...

    async def prepare(self, request: Inbound, creds: Credentials, http: Http) -> None:
        """Fetch what `verify` needs to judge `request` and does not have: keys that the platform publishes.

        Only where `fetches_keys`; called before `verify` when what is remembered did not suffice. Whoever
        knows the address can make us call it: bound how often something is fetched. Never raises.
        """
        return None

    def recipients(self, request: Inbound) -> Sequence[str]:
        """Our addresses named in a request to a webhook shared by many channels."""
        return ()

    def share_of(self, request: Inbound, address: str) -> bytes:
        """The part of a shared webhook's body that is for our `address`, when it names several: what is for
        another business must not be kept with this one. Only called with one of several `recipients`.
        """
        return request.body

    def taken(self, request: Inbound, creds: Credentials) -> Answer:
        """The answer to an authentic request that has been stored: most platforms want 200 and no more."""
        return Answer(body="ok")

    def dedup_key(self, request: Inbound) -> str:
        """The platform's id of this request: the same for a repetition. Raises Malformed."""
        ...

    def parse(self, request: Inbound, creds: Credentials) -> Sequence[Event]:
        """The events in a request; pure. Unknown kinds become MessageReceived(unsupported=…) or nothing.

        Raises Malformed when the body cannot be read at all.
        """
        ...

    async def resolve(self, event: MessageReceived, creds: Credentials, http: Http) -> MessageReceived:
        """The whole event for one that has `pending`. Raises SendError; retried while the link lives."""
        return event

    async def acknowledge(self, event: MessageReceived, creds: Credentials, http: Http) -> None:
        """Tell the platform that `event` was taken (its `ack`). Best effort; raises SendError."""
        return None

    def fits(self, card: Card) -> bool:
        """Whether a card that keeps every one of `capabilities.cards` is also within what no CardLimits says:
        all words together, payloads, the size of the whole. One that does not goes as text. Pure."""
        return True

    def compose(self, content: Content, device: frozenset[str] | None) -> Sequence[Part]:
        """Cut `content` into what the platform sends one by one, in order; cards may become text."""
        ...

    async def send(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str:
        """Send one part; the platform's ref of it. Raises SendError and nothing else."""
        ...

    async def find(self, outgoing: Outgoing, creds: Credentials, http: Http) -> str | None:
        """The ref of `outgoing` when the platform has accepted it, None when it certainly has not.

        Only where `capabilities.can_find`. Raises SendError when it cannot be told.
        """
        raise Unknown("this platform cannot be asked")

    async def seen(self, to: str, ref: str, creds: Credentials, http: Http) -> None:
        """Show the customer that we read up to their message `ref`. Best effort; raises SendError."""
        return None

    async def take_thread(self, to: str, creds: Credentials, http: Http) -> None:
        """Become who answers the customer `to`, whoever does now. Only where `capabilities.takes_threads`.
        Idempotent. Raises SendError."""
        return None

    async def templates(self, creds: Credentials, http: Http) -> Sequence[Template]:
        """Every template of the account. Only where `capabilities.templates`. Raises SendError."""
        return ()

    async def greet(self, greeting: Greeting, creds: Credentials, http: Http) -> None:
        """Make the platform show `greeting`; idempotent. Raises SendError."""
        return None

    async def typing(self, to: str, sender: str, on: bool, creds: Credentials, http: Http) -> None:
        """Show or hide "typing" to the customer `to` (`capabilities.typing_at_message`: under their message
        of this ref). Best effort; raises SendError."""
        return None

    async def download(self, media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
        """Write the file into `sink` and return its MIME type as the platform says. Raises SendError."""
        ...

    async def profile(self, address: str, creds: Credentials, http: Http) -> Profile | None:
        return None

    async def make_code(self, tag: str, creds: Credentials, http: Http) -> str:
        """The link of a QR code that opens a conversation under `tag`; good for ever. Only where
        `makes_codes`. Raises SendError."""
        raise Rejected("this platform makes no codes", code="no_codes")

    def counted(self, part: Part) -> int:
        """How many messages of the network `part` is, where one is counted and billed as several."""
        return 1

    def entry_link(self, address: str, tag: str, *, group: str = "", text: str = "") -> str:
        """A link that opens a conversation with us and carries the tag; "" when the platform has none.
        `address` is ours, or the credential that `link_name` names, "" where that is not known."""
        return ""

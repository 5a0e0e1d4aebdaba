"""What can happen on a platform, in our words. Adapters make these; nothing here knows a platform.

Every event names `to` (our address), `address` (the customer's) and `ref` (the platform's id of what
happened). The pair (channel, ref) is what makes a repeated event the same event (invariant I2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from apps.platforms.cards import CardAnswer
from apps.platforms.windows import Opener


class MediaKind(StrEnum):
    IMAGE = "image"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    FILE = "file"


class DeliveryState(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRef:
    """A file that still lies with the platform; `Platform.download` fetches it.

    `locator` is the adapter's own business (file id, url and key …), JSON-serialisable, stored as it is
    and encrypted at rest because it may carry a key. `urgent` marks links that die within seconds.
    `size` is in bytes, 0 when the platform does not say.
    """

    kind: MediaKind
    locator: Mapping[str, str | int]
    name: str = ""
    mime: str = ""
    size: int = 0
    urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    latitude: float
    longitude: float
    title: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact card that the customer shared."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the platform tells about the customer with an event. Empty means "not said", never "none".

    `locale` is BCP 47 ("fr-FR"), whatever the platform's own spelling. `capabilities` are upper-case
    names of what the device can show; None when the platform does not say.
    """

    locale: str = ""
    name: str = ""
    device: str = ""
    capabilities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    to: str
    address: str
    ref: str
    at: datetime
    facts: Facts = field(default_factory=Facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """The customer said something.

    `tag` and `group` come from the entry point when the platform carries them with the message.
    `unsupported` names a kind that we know or do not know but cannot show; the message is still kept and
    shown as "unsupported message". `pending` is data that `Platform.resolve` turns into the whole event
    (Apple's large answers by reference). `ack` is data for `Platform.acknowledge` (Telegram's callback).
    `details` are named facts in words that people read beside the text (an advertisement that led here, the
    story that was replied to, the lines of an order).
    `handle` is what the platform gave for answering (LINE's reply token, QQ's message id): kept with the
    address and handed to `send` as `Outgoing.handle`; whoever gets one holds the thread. Its "seen", where
    there is one, is what `Platform.seen` gets in place of the message's ref.
    `opener` is what the words count as for windows, where they were not said to us alone.
    `twin_key`, when set, is a second dedup key with a short life of `twin_seconds` (Apple posts the same
    interactive answer twice under different ids).
    """

    text: str = ""
    media: tuple[MediaRef, ...] = ()
    place: Place | None = None
    person: Person | None = None
    answer: CardAnswer | None = None
    reply_to: str = ""
    tag: str = ""
    group: str = ""
    unsupported: str = ""
    pending: Mapping[str, object] | None = None
    ack: Mapping[str, str] | None = None
    details: tuple[tuple[str, str], ...] = ()
    handle: Mapping[str, str] | None = None
    opener: Opener = Opener.MESSAGE
    twin_key: str = ""
    twin_seconds: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPointTapped(Event):
    """The customer came through a Message button without saying anything yet (Telegram's /start TAG).

    `returns` False: they only look in, which lets nobody write to them (Viber).
    """

    tag: str = ""
    group: str = ""
    returns: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(Event):
    """`target` is the ref of the message that now reads `text`."""

    target: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWithdrawn(Event):
    """The customer took the message `target` back, or who said it elsewhere from our account; its content
    must go. What was sent from here is our record and stays."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Event):
    """One thing of several in a request could not be read, `words` say why; the others count. The request is
    kept and shown, and may be read again."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionReceived(Event):
    """A tapback or emoji reaction. `target` is the ref of the message, or "" when only `quoted` is known.

    `emoji` is "" when a reaction was taken away.
    """

    target: str
    emoji: str
    quoted: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypingChanged(Event):
    typing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLeft(Event):
    """The customer deleted the conversation, blocked us or unsubscribed: nothing may be sent any more.

    `reason` is one of "deleted", "blocked", "opted_out".
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReturned(Event):
    """The customer may be written to again, without having said anything (Telegram's unblock)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketingChanged(Event):
    """Whether the customer wants marketing messages from us; everything else they may be sent as before."""

    wanted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryUpdated(Event):
    """`target` is the ref of our message; `delivery_id` our own id when the platform echoes it.

    `up_to` True means this message and every earlier one to the same address (Messenger's watermark, whose
    time is `at`); `target` may then be "". `price` is what the platform says of the price, verbatim.
    `out_of_reach` with FAILED: the customer certainly does not have it and will not get it from here, so that
    it may go another way (`Platform.stands_in_for`); `marketing_stopped`, that the customer takes no
    marketing messages from us any more, of which this was one.
    """

    target: str
    state: DeliveryState
    delivery_id: str = ""
    code: str = ""
    words: str = ""
    up_to: bool = False
    price: Mapping[str, object] | None = None
    out_of_reach: bool = False
    marketing_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEchoed(Event):
    """Something was said to the customer `address` from our account: by us (`delivery_id` is then our own
    id and this only confirms it) or elsewhere: the platform's own inbox, another program, the owner's
    phone. What came from elsewhere is shown as an outside agent's, under `author`.
    """

    text: str = ""
    media: tuple[MediaRef, ...] = ()
    delivery_id: str = ""
    author: str = ""
    unsupported: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowOpened(Event):
    """The customer did something that lets us write, without saying anything (a menu, a follow, a call)."""

    opener: Opener = Opener.TAP
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged(Event):
    """The person `address` is from now on `new_address` (a new number or id); the history stays theirs."""

    new_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadControlChanged(Event):
    """Who may answer this customer on the platform: we, or another program (`owner` names it)."""

    ours: bool
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateChanged(Event):
    """The platform decided about one of the channel's templates. `address` is ""; `state` its own word, ""
    when something else about it changed than whether it may be sent."""

    name: str
    language: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTroubled(Event):
    """The platform says something about the whole channel: restricted, uninstalled, token revoked.

    `address` is "". `stops` True means nothing can be sent until a person acts; False is a warning.
    """

    stops: bool
    code: str
    words: str

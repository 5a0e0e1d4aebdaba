"""The reply box: open, or shut with the reason; what this customer's device can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.console import price_words
from apps.console.card_views import CARD_ICONS, CARD_NAMES
from apps.console.customers import Customer, customer_of, language_of
from apps.console.people import Person, person_of
from apps.console.times import day_and_clock
from apps.console.wording import Lock, lock_for, short_name
from apps.conversations import files, ways
from apps.conversations.models import AuthorKind, Conversation, ConversationStatus
from apps.conversations.policy import Decision
from apps.conversations.send import MAX_FILES, MAX_TEXT, Author, decide
from apps.platforms import cards, registry
from apps.platforms.windows import Price
from apps.tenants.models import Membership


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of card. `shown` False: it goes as text to this customer. `pictures`: it may hold some."""

    kind: str
    shown: bool
    pictures: bool = False

    @property
    def id(self) -> str:
        """Of its dialog."""
        return self.kind.replace("_", "-")

    @property
    def name(self) -> str:
        return str(CARD_NAMES[self.kind])

    @property
    def icon(self) -> str:
        return CARD_ICONS[self.kind]

    @property
    def rows(self) -> bool:
        """Whether it is built of rows that can be added, moved and removed."""
        return self.kind in ("quick_replies", "list_picker", "time_slots", "form")

    @property
    def no_file(self) -> UUID:
        """Stands in an address until a file is there."""
        return UUID(int=0)

    @property
    def fields(self) -> str:
        """The template with what it asks."""
        return f"console/card_fields/{self.kind}.html"


@dataclass(frozen=True, slots=True)
class Composer:
    """`decision` names the policy's answer: the page does not replace an open composer by an equal one."""

    conversation: Conversation
    customer: Customer
    lock: Lock | None
    decision: str
    holder: Person | None
    window_until: datetime | None
    platform: str
    language: str
    client_id: UUID
    kinds: list[Kind]
    most_replies: int
    media_out: bool
    most_bytes: int
    templates: bool
    takes_threads: bool
    left: int | None
    price: str
    cost: str
    max_text: int = MAX_TEXT
    max_files: int = MAX_FILES

    @property
    def until(self) -> SafeString:
        """When the platform's time for answering ends; "" without one."""
        return day_and_clock(self.window_until) if self.window_until else SafeString()


def composer_for(conversation: Conversation, membership: Membership) -> Composer:
    """Needs channel, address, contact and assignee__user at hand."""
    decision = decide(conversation, Author(kind=AuthorKind.MEMBER, membership=membership))
    holder = person_of(conversation.assignee) if conversation.assignee else None
    closed = conversation.status == ConversationStatus.CLOSED
    channel = ways.channel_of(conversation)
    lock = lock_for(decision, channel=channel, holder=holder.name if holder else "", closed=closed)
    able = registry.get(channel.platform).capabilities
    return Composer(
        conversation=conversation,
        customer=customer_of(conversation.contact),
        lock=lock,
        decision="closed" if closed else decision.rule,
        holder=holder if decision.rule == "someone_else_holds" and not closed else None,
        window_until=decision.until,
        platform=short_name(channel.platform),
        language=language_of(conversation.locale),
        client_id=uuid4(),
        kinds=_kinds(conversation),
        most_replies=max(able.cards["quick_replies"].most, 2) if "quick_replies" in able.cards else 13,
        media_out=able.media_out,
        most_bytes=files.most_bytes(conversation),
        templates=able.templates,
        takes_threads=able.takes_threads,
        left=decision.left,
        price=decision.price,
        cost=_cost(conversation, decision),
    )


def refusal(decision: Decision, conversation: Conversation, membership: Membership) -> str:
    """Why something was not sent. What shuts the reply box says so there; a customer who wants no marketing
    leaves it open."""
    lock = composer_for(conversation, membership).lock
    if decision.rule == "marketing_stopped":
        lock = lock_for(decision, channel=conversation.channel, holder="", closed=False)
    return f"{lock.title}. {lock.words}" if lock else _("Nothing can be sent now")


def _cost(conversation: Conversation, decision: Decision) -> str:
    """Words where the platform asks for money for an answer now."""
    if not decision.allow or decision.price != Price.BILLED:
        return ""
    return price_words.for_answer(conversation, short_name(conversation.channel.platform))


def render(conversation: Conversation, membership: Membership, slug: str) -> str:
    """The composer's element for `membership`, in the active language."""
    context = {"composer": composer_for(conversation, membership), "slug": slug}
    return render_to_string("console/composer.html", context)


def _kinds(conversation: Conversation) -> list[Kind]:
    """Every kind of card that an agent can build for this customer."""
    kinds = [kind for kind in cards.KINDS if kind != "media_group"]
    if takes(conversation, "media_group"):  # elsewhere pictures are simply attached
        kinds.append("media_group")
    return [
        Kind(kind, shown=takes(conversation, kind), pictures=_pictures(conversation, kind)) for kind in kinds
    ]


def _pictures(conversation: Conversation, kind: str) -> bool:
    """Elsewhere a picture is simply attached: inside a card the customer would not see it."""
    able = registry.get(conversation.channel.platform).capabilities
    limits = able.cards.get(kind)
    return limits is not None and limits.images and able.media_out and takes(conversation, kind)


def takes(conversation: Conversation, kind: str) -> bool:
    """Whether platform and device show a card of this kind that keeps its limits."""
    limits = registry.get(conversation.channel.platform).capabilities.cards.get(kind)
    device = conversation.address.capabilities
    return limits is not None and (not limits.device or device is None or limits.device in device)

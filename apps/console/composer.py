"""The reply box: open, or shut with the reason; what this customer's device can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from apps.console.customers import Customer, customer_of, language_of
from apps.console.people import Person, person_of
from apps.console.times import day_and_clock
from apps.console.wording import Lock, lock_for, short_name
from apps.conversations.models import AuthorKind, Conversation, ConversationStatus
from apps.conversations.send import MAX_FILES, MAX_TEXT, Author, decide
from apps.platforms import cards, compose, registry
from apps.platforms.base import Capabilities
from apps.platforms.windows import Price
from apps.tenants.models import Membership

_YES_NO = tuple(cards.Option(id=str(n), title=str(n)) for n in (1, 2))


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
    shows_quick_replies: bool
    shows_list_picker: bool
    most_replies: int
    media_out: bool
    templates: bool
    left: int | None
    price: str
    max_text: int = MAX_TEXT
    max_files: int = MAX_FILES

    @property
    def until(self) -> SafeString:
        """When the platform's time for answering ends; "" without one."""
        return day_and_clock(self.window_until) if self.window_until else SafeString()

    @property
    def billed(self) -> bool:
        """Whether the platform asks for money for an answer now."""
        return self.price == Price.BILLED


def composer_for(conversation: Conversation, membership: Membership) -> Composer:
    """Needs channel, address, contact and assignee__user at hand."""
    decision = decide(conversation, Author(kind=AuthorKind.MEMBER, membership=membership))
    holder = person_of(conversation.assignee) if conversation.assignee else None
    closed = conversation.status == ConversationStatus.CLOSED
    lock = lock_for(
        decision, channel=conversation.channel, holder=holder.name if holder else "", closed=closed
    )
    able = registry.get(conversation.channel.platform).capabilities
    return Composer(
        conversation=conversation,
        customer=customer_of(conversation.contact),
        lock=lock,
        decision="closed" if closed else decision.rule,
        holder=holder if decision.rule == "someone_else_holds" else None,
        window_until=decision.until,
        platform=short_name(conversation.channel.platform),
        language=language_of(conversation.locale),
        client_id=uuid4(),
        shows_quick_replies=shows(conversation, "quick_replies"),
        shows_list_picker=shows(conversation, "list_picker"),
        most_replies=max(able.cards["quick_replies"].most, 2) if "quick_replies" in able.cards else 13,
        media_out=able.media_out,
        templates=able.templates,
        left=decision.left,
        price=decision.price,
    )


def shows(conversation: Conversation, kind: str) -> bool:
    """Whether platform and device show this kind of card as such, not as numbered text."""
    capabilities = registry.get(conversation.channel.platform).capabilities
    named = conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    return compose.can_show(_sample(kind, capabilities), capabilities, device)


def render(conversation: Conversation, membership: Membership, slug: str) -> str:
    """The composer's element for `membership`, in the active language."""
    context = {"composer": composer_for(conversation, membership), "slug": slug}
    return render_to_string("console/composer.html", context)


def _sample(kind: str, capabilities: Capabilities) -> cards.Card:
    if kind == "list_picker":
        section = cards.Section(title="", options=_YES_NO)
        return cards.ListPicker(id="sample", title="sample", sections=(section,))
    limits = capabilities.cards.get(kind)
    fewest = max(limits.fewest, 2) if limits else 2
    options = tuple(cards.Option(id=str(n), title=str(n)) for n in range(fewest))
    return cards.QuickReplies(id="sample", prompt="sample", options=options)

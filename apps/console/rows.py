"""Rows of the inbox: the same partial on load and on push. What depends on who looks stays in `data-*`
attributes, from which the page decides view, group, order and unread."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.connections.models import Channel
from apps.connections.said import platform_name
from apps.console.contents import kind_words
from apps.console.customers import Customer, customer_of, language_of
from apps.console.people import Person, person_of
from apps.console.times import duration
from apps.conversations import queries
from apps.conversations.models import (
    Contact,
    ContactAddress,
    Conversation,
    ConversationStatus,
    Direction,
    Message,
    ReadMark,
)
from apps.tenants.models import Membership, Team

ANSWER_WITHIN = timedelta(minutes=10)  # a customer who waits longer is late, as the mark on the row says
SOON = ANSWER_WITHIN * 0.8
STEP = 100

_ICONS = {
    "image": "image",
    "sticker": "image",
    "voice": "mic",
    "audio": "mic",
    "video": "play",
    "file": "clip",
    "card": "card",
    "answer": "check",
    "place": "pin",
    "left": "out",
    "unsupported": "help",
    "withdrawn": "undo",
}
# The columns that a row shows: all of them would cost twice as much to read as to find.
SHOWN = (
    *("tenant", "contact", "address", "channel", "team", "assignee", "status", "tag", "locale", "fence"),
    *("holder_kind", "last_message_at", "needs_answer_since", "preview", "preview_kind"),
    *("preview_direction", "last_seq"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """`inbound` counts the customer's messages, `unread` those after the reader's mark (None: unknown)."""

    conversation: Conversation
    customer: Customer
    platform: str
    assignee: Person | None
    language: str
    icon: str
    words: str
    wait: str
    wait_words: str
    since: datetime
    sort: int
    inbound: int
    unread: int | None

    @property
    def needs_answer(self) -> bool:
        return self.conversation.needs_answer_since is not None

    @property
    def ago(self) -> str:
        return duration(timezone.now() - self.since)

    @property
    def gone(self) -> bool:
        return not self.conversation.address.reachable


@dataclass(frozen=True, slots=True)
class RowList:
    """One view's rows in their two groups. `more` says that there are others beyond the limit."""

    needing: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    more: bool = False

    @property
    def total(self) -> int:
        return len(self.needing) + len(self.waiting)


def list_rows(found: QuerySet[Conversation], reader: Membership, *, limit: int = STEP) -> RowList:
    """At most `limit` rows for `reader`, longest wait first, then latest first (six queries)."""
    page = queries.in_order(with_everything(found, reader))[: limit + 1]
    rows = [row_of(conversation) for conversation in page]
    shown = rows[:limit]
    return RowList(
        needing=[row for row in shown if row.needs_answer],
        waiting=[row for row in shown if not row.needs_answer],
        more=len(rows) > limit,
    )


def with_everything(found: QuerySet[Conversation], reader: Membership) -> QuerySet[Conversation]:
    """Conversations with all that a row shows to `reader`.

    What belongs to them is asked table by table: joined, row-level security has PostgreSQL plan longer than
    it then works, and now and then in an order that reads a tenant's every contact.
    """
    rows = found.only(*SHOWN).prefetch_related(*_belonging()).annotate(inbound=_inbound_after(Value(0)))
    mark = ReadMark.objects.filter(conversation=OuterRef("pk"), membership=reader).values("seq")[:1]
    rows = rows.annotate(read_seq=Coalesce(Subquery(mark), 0))
    return rows.annotate(unread=_inbound_after(OuterRef("read_seq")))


def _belonging() -> list[Prefetch[Any]]:
    people = Membership.objects.select_related("user").only("tenant", "user__name", "user__email")
    return [
        Prefetch("contact", Contact.objects.only("tenant", "name")),
        Prefetch("address", ContactAddress.objects.only("tenant", "reachable")),
        Prefetch("channel", Channel.objects.only("tenant", "platform")),
        Prefetch("team", Team.objects.only("tenant", "name")),
        Prefetch("assignee", people),
    ]


def row_of(conversation: Conversation) -> Row:
    """A conversation of `with_everything` as a row."""
    wait, wait_words = _wait(conversation)
    icon, words = _last(conversation)
    return Row(
        conversation=conversation,
        customer=customer_of(conversation.contact),
        platform=platform_name(conversation.channel.platform),
        assignee=person_of(conversation.assignee) if conversation.assignee else None,
        language=language_of(conversation.locale),
        icon=icon,
        words=words,
        wait=wait,
        wait_words=wait_words,
        since=conversation.needs_answer_since or conversation.last_message_at,
        sort=_sort(conversation),
        inbound=getattr(conversation, "inbound", 0),
        unread=getattr(conversation, "unread", None),
    )


def _inbound_after(seq: OuterRef | Value) -> Coalesce:
    said = Message.objects.filter(conversation=OuterRef("pk"), direction=Direction.IN, seq__gt=seq)
    counted = said.order_by().values("conversation").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _sort(conversation: Conversation) -> int:
    """Milliseconds: smaller stands higher in its group."""
    if conversation.needs_answer_since:
        return int(conversation.needs_answer_since.timestamp() * 1000)
    return -int(conversation.last_message_at.timestamp() * 1000)


def _wait(conversation: Conversation) -> tuple[str, str]:
    """("", "is-soon" or "is-late"; the same in words for those who do not see it)."""
    since = conversation.needs_answer_since
    if since is None or conversation.status == ConversationStatus.CLOSED:
        return "", ""
    waited = timezone.now() - since
    words = _("waiting %(time)s") % {"time": duration(waited)}
    if waited >= ANSWER_WITHIN:
        return "is-late", _("overdue, %(wait)s") % {"wait": words}
    return ("is-soon", _("due soon, %(wait)s") % {"wait": words}) if waited >= SOON else ("", words)


def _last(conversation: Conversation) -> tuple[str, str]:
    kind = conversation.preview_kind
    if kind == "left":
        return "out", _("Customer ended the conversation")
    if kind == "unsupported":
        return "help", conversation.preview or _("Unsupported message")
    if kind == "withdrawn":
        return _ICONS[kind], _("Message taken back")
    words = conversation.preview or kind_words().get(kind, _("File") if kind == "file" else "")
    return _ICONS.get(kind, ""), words

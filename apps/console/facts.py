"""What we know of a customer and how they came: opaque id, language, device, entry point, earlier visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from babel import Locale, UnknownLocaleError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.connections.said import platform_name
from apps.console.composer import takes
from apps.console.head import Head, head_of
from apps.console.times import day_and_clock, duration
from apps.conversations.models import Conversation, ConversationStatus, Direction, Message
from apps.conversations.queries import Viewer, visible_to
from apps.platforms import registry
from apps.tenants.models import Membership

EARLIER = 10
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Ability:
    name: str
    able: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """An earlier conversation of the same customer."""

    conversation: Conversation
    platform: str
    title: str
    words: str

    @property
    def when(self) -> SafeString:
        return day_and_clock(self.conversation.opened_at)


@dataclass(frozen=True, slots=True)
class Facts:
    head: Head
    locale_words: str
    abilities: list[Ability]
    device_silent: bool
    waited: str
    visits: list[Visit]

    @property
    def opened(self) -> SafeString:
        return day_and_clock(self.head.conversation.opened_at)


def facts_of(conversation: Conversation, viewer: Viewer, membership: Membership) -> Facts:
    """Needs contact, address, channel, team, entry_point and assignee__user at hand; two queries."""
    return Facts(
        head=head_of(conversation, membership),
        locale_words=locale_words(conversation.locale),
        abilities=_abilities(conversation),
        device_silent=conversation.address.capabilities is None,
        waited=_waited(conversation),
        visits=_visits(conversation, viewer),
    )


def render(conversation: Conversation, viewer: Viewer, membership: Membership, slug: str) -> str:
    """The pane's element for `membership`, in the active language."""
    context = {"facts": facts_of(conversation, viewer, membership), "slug": slug, "view": "all"}
    return render_to_string("console/facts.html", context)


def locale_words(locale: str) -> str:
    """A locale as the reader says it: "French (Belgium)"; the code itself when unknown, "" for none."""
    if not locale:
        return ""
    try:
        parsed = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return locale
    words = parsed.get_display_name(get_language() or "en") or locale
    return words[:1].upper() + words[1:]


def _abilities(conversation: Conversation) -> list[Ability]:
    able = registry.get(conversation.channel.platform).capabilities
    return [
        Ability(_("List"), takes(conversation, "list_picker")),
        Ability(_("Quick replies"), takes(conversation, "quick_replies")),
        Ability(_("Files"), able.media_out),
        Ability(_("Typing"), able.typing_out),
        Ability(_("Read receipts"), able.read_receipts),
    ]


def _waited(conversation: Conversation) -> str:
    """How long until the first reply; what has passed so far when there is none yet."""
    replies = Message.objects.filter(conversation=conversation, direction=Direction.OUT).order_by("seq")
    first = replies.values_list("created_at", flat=True).first()
    if first is not None:
        waited = max(first - conversation.opened_at, timedelta())
        return duration(waited) if waited >= _MINUTE else _("less than a minute")
    if conversation.needs_answer_since is None:
        return ""
    return _("no reply yet")


def _visits(conversation: Conversation, viewer: Viewer) -> list[Visit]:
    rows = visible_to(viewer).filter(contact=conversation.contact_id).exclude(pk=conversation.pk)
    rows = rows.select_related("channel", "entry_point", "assignee__user").order_by("-opened_at")
    return [_visit(row) for row in rows[:EARLIER]]


def _visit(row: Conversation) -> Visit:
    title = row.entry_point.name if row.entry_point else row.tag or _("Conversation")
    return Visit(row, platform_name(row.channel.platform), title, _outcome(row))


def _outcome(row: Conversation) -> str:
    name = row.assignee.user.display_name if row.assignee else ""
    if row.status != ConversationStatus.CLOSED:
        return _("open, with %(name)s") % {"name": name} if name else _("open")
    return _("closed, with %(name)s") % {"name": name} if name else _("closed")

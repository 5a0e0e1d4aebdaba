"""What happened between the messages, in words: a sentence per stream event that people want to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.connections.models import EntryPoint
from apps.console.people import Person, people_named
from apps.console.times import clock
from apps.conversations.models import StreamEvent
from apps.conversations.stream import Kind
from apps.core.templatetags.ui import plate
from apps.platforms.windows import Opener
from apps.tenants.models import Team


@dataclass(frozen=True, slots=True)
class Names:
    """Who and what the events speak of."""

    people: dict[UUID, Person]
    places: dict[UUID, str]  # teams and entry points

    def place(self, value: object) -> str:
        """The name of the team or entry point with this id, "" when there is none (any more)."""
        return self.places.get(uuid_in(value) or UUID(int=0), "")


@dataclass(frozen=True, slots=True)
class EventLine:
    event: StreamEvent
    icon: str
    words: SafeString

    @property
    def time(self) -> SafeString:
        return clock(self.event.at)


def names_in(events: Sequence[StreamEvent]) -> Names:
    """Everything that the events name, in two queries whatever their number."""
    named = _ids(events, "team", "entry_point")
    people = people_named(_ids(events, "to", "by"))
    if not named:
        return Names(people, {})
    teams = Team.objects.filter(pk__in=named).values_list("pk", "name")
    points = EntryPoint.objects.filter(pk__in=named).values_list("pk", "name")
    return Names(people, dict(teams.union(points)))


def line_of(event: StreamEvent, names: Names) -> EventLine:
    """Raises KeyError for a kind that is not told."""
    icon, say = _SAYINGS[Kind(event.kind)]
    return EventLine(event, icon, say(event.data, names))


def _ids(events: Iterable[StreamEvent], *fields: str) -> set[UUID]:
    found = (uuid_in(event.data.get(field)) for event in events for field in fields)
    return {value for value in found if value}


def uuid_in(value: object) -> UUID | None:
    """The id in an event's data; None for anything else ("customer", a program's name)."""
    try:
        return UUID(str(value))
    except ValueError:
        return None


Say = Callable[[dict[str, object], Names], SafeString]


def _who(value: object, names: Names) -> SafeString:
    person = names.people.get(uuid_in(value) or UUID(int=0))
    return format_html("<b>{}</b>", person.name if person else str(value or _("somebody")))


def _sentence(pattern: str, **values: object) -> SafeString:
    """A translated sentence with HTML-safe values; `pattern` uses {name} fields."""
    return format_html(pattern, **values) if values else escape(pattern)


def _opened(data: dict[str, object], names: Names) -> SafeString:
    team = names.place(data.get("team"))
    point = names.place(data.get("entry_point"))
    tag = str(data.get("tag") or "")
    parts = [_walked_up(point), _sent_to(team, tag)]
    return format_html("{}<br>{}", *parts) if parts[1] else format_html("{}", parts[0])


def _walked_up(point: str) -> SafeString:
    if point:
        return _sentence(_("Walked up from “{point}”"), point=format_html("<b>{}</b>", point))
    return _sentence(_("Walked up by themselves"))


def _sent_to(team: str, tag: str) -> SafeString | str:
    if team and tag:
        return _sentence(_("and was sent to team {team} by the tag {tag}"), team=team, tag=plate(tag))
    if team:
        return _sentence(_("and was sent to team {team}"), team=team)
    return _sentence(_("with the tag {tag}"), tag=plate(tag)) if tag else ""


def _assigned(data: dict[str, object], names: Names) -> SafeString:
    to, by = data.get("to"), data.get("by")
    if to is None:
        return _sentence(_("{who} put it back into the queue"), who=_who(by, names))
    if to == by:
        return _sentence(_("{who} took the conversation"), who=_who(by, names))
    return _sentence(_("{who} assigned it to {to}"), who=_who(by, names), to=_who(to, names))


def _transferred(data: dict[str, object], names: Names) -> SafeString:
    team = names.place(data.get("team"))
    who = _who(data.get("by"), names)
    if data.get("to") and team:
        pattern = _("{who} transferred it to {to}, team {team}")
        return _sentence(pattern, who=who, to=_who(data["to"], names), team=team)
    if data.get("to"):
        return _sentence(_("{who} transferred it to {to}"), who=who, to=_who(data["to"], names))
    return _sentence(_("{who} transferred it to team {team}"), who=who, team=format_html("<b>{}</b>", team))


def _closed(data: dict[str, object], names: Names) -> SafeString:
    return _sentence(_("{who} closed the conversation"), who=_who(data.get("by"), names))


def _reopened(data: dict[str, object], names: Names) -> SafeString:
    if data.get("by") == "customer":
        return _sentence(_("The customer wrote again: the conversation is open"))
    return _sentence(_("{who} reopened the conversation"), who=_who(data.get("by"), names))


def _contact_left(data: dict[str, object], names: Names) -> SafeString:
    if data.get("reason") == "blocked":
        return _sentence(_("The customer blocked you. Nothing can be sent until they write again."))
    if data.get("reason") == "opted_out":
        return _sentence(
            _("The customer asked for no more messages. Nothing can be sent until they write again.")
        )
    return _sentence(_("The customer ended the conversation. Nothing can be sent until they write again."))


def _contact_returned(data: dict[str, object], names: Names) -> SafeString:
    if data.get("moved"):
        return _sentence(_("The conversation goes on under the customer’s other address"))
    return _sentence(_("The customer is back"))


def _tapped(data: dict[str, object], names: Names) -> SafeString:
    point = names.place(data.get("entry_point"))
    tag = plate(str(data.get("tag") or ""))
    if point:
        return _sentence(_("The customer tapped “{point}” {tag}"), point=point, tag=tag)
    return _sentence(_("The customer tapped a button with the tag {tag}"), tag=tag)


def _unknown_tag(data: dict[str, object], names: Names) -> SafeString:
    pattern = _("No entry point has the tag {tag}: sent to the default team")
    return _sentence(pattern, tag=plate(str(data.get("tag") or "")))


def _window_opened(data: dict[str, object], names: Names) -> SafeString:
    called = data.get("opener") == Opener.CALL
    until = str(data.get("until") or "")
    if not until:
        words = _("The customer called: you may write") if called else _("The customer came: you may write")
        return _sentence(words)
    pattern = _("The customer called: window open until {until}")
    if not called:
        pattern = _("The customer came without a word: window open until {until}")
    moment = localtime(datetime.fromisoformat(until))
    return _sentence(pattern, until=date_format(moment, "SHORT_DATETIME_FORMAT"))


def _control_changed(data: dict[str, object], names: Names) -> SafeString:
    if data.get("ours"):
        return _sentence(_("Handed back by another app: you may answer here"))
    return _sentence(_("Handed to another app, which answers on the platform. You read along."))


def _marketing_changed(data: dict[str, object], names: Names) -> SafeString:
    if data.get("wanted"):
        return _sentence(_("The customer wants marketing messages again"))
    return _sentence(_("The customer stopped marketing messages. Answers still reach them."))


_SAYINGS: dict[Kind, tuple[str, Say]] = {
    Kind.CONVERSATION_OPENED: ("door", _opened),
    Kind.CONVERSATION_ASSIGNED: ("user", _assigned),
    Kind.CONVERSATION_TRANSFERRED: ("transfer", _transferred),
    Kind.CONVERSATION_CLOSED: ("circle-check", _closed),
    Kind.CONVERSATION_REOPENED: ("undo", _reopened),
    Kind.CONTACT_LEFT: ("out", _contact_left),
    Kind.CONTACT_RETURNED: ("door", _contact_returned),
    Kind.ENTRY_POINT_TAPPED: ("hand", _tapped),
    Kind.TAG_UNKNOWN: ("alert", _unknown_tag),
    Kind.WINDOW_OPENED: ("clock", _window_opened),
    Kind.THREAD_CONTROL_CHANGED: ("transfer", _control_changed),
    Kind.MARKETING_CHANGED: ("slash", _marketing_changed),
}
TOLD = frozenset(_SAYINGS)

"""Which conversation an event belongs to: the open one, one closed a moment ago, or a new one, routed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from apps.connections import counts
from apps.connections.models import Channel, EntryPoint
from apps.conversations.models import ContactAddress, Conversation, ConversationStatus, HolderKind
from apps.conversations.stream import Kind, record
from apps.platforms.events import EntryPointTapped, Event
from apps.routing.models import RoutingRule
from apps.routing.route import Reason, Route, route
from apps.tenants.models import Team

REOPENING = timedelta(hours=24)


def open_conversation(channel: Channel, address: ContactAddress) -> Conversation | None:
    """The customer's open conversation on this channel, locked; None when there is none."""
    rows = Conversation.objects.select_for_update(no_key=True).filter(channel=channel, address=address)
    return rows.exclude(status=ConversationStatus.CLOSED).first()


def reach_conversation(
    channel: Channel, address: ContactAddress, event: Event, entry_point: EntryPoint | None
) -> Conversation:
    """The conversation that `event` continues or opens, locked. Needs the address locked."""
    tag, group = _take_tag(address, event)
    found = open_conversation(channel, address)
    if found is not None:
        return found
    recent = _recently_closed(channel, address)
    if recent is not None and tag in ("", recent.tag):
        return _reopen(recent)
    return _open(channel, address, event, tag, group, entry_point or _entry_point(channel, tag))


def note_tap(
    channel: Channel, address: ContactAddress, event: EntryPointTapped, entry_point: EntryPoint | None
) -> None:
    """Remember the tag for the customer's first words; tell the team when they are already talking."""
    conversation = open_conversation(channel, address)
    if conversation is None:
        address.pending_tag, address.pending_group = event.tag, event.group
        address.save(update_fields=["pending_tag", "pending_group"])
    elif event.tag:
        point = entry_point or _entry_point(channel, event.tag)
        record(Kind.ENTRY_POINT_TAPPED, conversation, tag=event.tag, entry_point=_id(point))


def _take_tag(address: ContactAddress, event: Event) -> tuple[str, str]:
    tag = getattr(event, "tag", "") or address.pending_tag
    group = getattr(event, "group", "") or address.pending_group
    if address.pending_tag:
        address.pending_tag = address.pending_group = ""
        address.save(update_fields=["pending_tag", "pending_group"])
    return tag[:64], group[:64]


def _recently_closed(channel: Channel, address: ContactAddress) -> Conversation | None:
    since = timezone.now() - REOPENING
    rows = Conversation.objects.select_for_update(no_key=True).filter(channel=channel, address=address)
    return rows.filter(closed_at__gte=since).order_by("-closed_at").first()


def _reopen(conversation: Conversation) -> Conversation:
    held = conversation.assignee is not None and conversation.assignee.active
    if not held:
        conversation.assignee = None
    conversation.status = ConversationStatus.OPEN if held else ConversationStatus.WAITING
    conversation.holder_kind = HolderKind.MEMBER if held else HolderKind.QUEUE
    conversation.closed_at = None
    conversation.fence += 1
    conversation.save()
    record(Kind.CONVERSATION_REOPENED, conversation, by="customer")
    return conversation


def _open(
    channel: Channel,
    address: ContactAddress,
    event: Event,
    tag: str,
    group: str,
    entry_point: EntryPoint | None,
) -> Conversation:
    found = _route(tag)
    team = Team.objects.filter(pk=found.team).first() if found.team else None
    conversation = Conversation.objects.create(
        channel=channel,
        contact=address.contact,
        address=address,
        team=team,
        tag=tag,
        group=group,
        entry_point=entry_point,
        locale=event.facts.locale[:20] or address.contact.locale,
    )
    record(Kind.CONVERSATION_OPENED, conversation, tag=tag, entry_point=_id(entry_point), team=_id(team))
    if found.reason is Reason.UNKNOWN_TAG:
        record(Kind.TAG_UNKNOWN, conversation, tag=tag)
    if entry_point is not None:
        counts.led_to_conversation(entry_point)
    return conversation


def _route(tag: str) -> Route:
    default = Team.objects.filter(is_default=True).values_list("pk", flat=True).first()
    rules = dict(RoutingRule.objects.filter(tag=tag).values_list("tag", "team_id")) if tag else {}
    known = EntryPoint.objects.filter(tag=tag).values_list("tag", flat=True)[:1] if tag else []
    return route(tag, rules=rules, known=set(known), default=default)


def _entry_point(channel: Channel, tag: str) -> EntryPoint | None:
    rows = EntryPoint.objects.filter(tag=tag, active=True) if tag else EntryPoint.objects.none()
    return rows.filter(places__channel=channel).order_by("created_at").first()


def _id(row: Team | EntryPoint | None) -> str | None:
    return str(row.id) if row else None

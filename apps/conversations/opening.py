"""Which conversation an event belongs to: the open one, one closed a moment ago, or a new one, routed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from apps.connections import counts
from apps.connections.models import Channel, EntryPoint
from apps.conversations.models import ContactAddress, Conversation, ConversationStatus, HolderKind
from apps.conversations.stream import Kind, record
from apps.core import rows
from apps.platforms import registry
from apps.platforms.events import EntryPointTapped, Event
from apps.routing.models import RoutingRule
from apps.routing.route import Reason, Route, route
from apps.tenants.models import Team

REOPENING = timedelta(hours=24)

CHANGED = [
    "status",
    "assignee",
    "holder_kind",
    "fence",
    "closed_at",
    "last_seq",
    "last_message_at",
    "last_inbound_at",
    "last_inbound_seq",
    "needs_answer_since",
    "preview",
    "preview_kind",
    "preview_direction",
]


class Tag(NamedTuple):
    slug: str
    group: str


class Conversations:
    """The conversations of some customers, locked. Needs the addresses locked.

    They are changed in memory and written once, by `save`.
    """

    def __init__(self, addresses: Collection[ContactAddress]) -> None:
        self._current = _open_ones(addresses)
        self._closed = _recently_closed([a for a in addresses if a.pk not in self._current])
        self._new: list[Conversation] = []
        self._reached: dict[UUID, Conversation] = {}
        self._led: Counter[EntryPoint] = Counter()
        self._team_of, self._point_of = cache(_team_of), cache(_entry_point)

    def reach(
        self, channel: Channel, address: ContactAddress, event: Event, entry_point: EntryPoint | None
    ) -> Conversation:
        """The conversation that `event` continues, opens again or opens."""
        tag = _take_tag(address, event)
        found = self._current.get(address.pk)
        if found is None:
            closed = self._closed.get(address.pk)
            if closed is not None and tag.slug in ("", closed.tag):
                found = _reopen(closed)
            else:
                point = entry_point or self._point_of(channel, tag.slug)
                if point is not None and not (tag.slug or entry_point):
                    tag = Tag(point.tag, point.group)
                found = self._open(channel, address, event, tag, point)
            self._current[address.pk] = found
        self._reached[found.pk] = found
        return found

    def save(self) -> None:
        new = {conversation.pk for conversation in self._new}
        rows.insert(self._new)
        rows.update([found for pk, found in self._reached.items() if pk not in new], CHANGED)
        for entry_point, many in self._led.items():
            counts.led_to_conversations(entry_point, many)

    def _open(
        self,
        channel: Channel,
        address: ContactAddress,
        event: Event,
        tag: Tag,
        point: EntryPoint | None,
    ) -> Conversation:
        team, reason = self._team_of(tag.slug)
        conversation = Conversation(
            channel=channel,
            contact=address.contact,
            address=address,
            team=team,
            tag=tag.slug,
            group=tag.group,
            entry_point=point,
            locale=event.facts.locale[:20] or address.contact.locale,
        )
        self._new.append(conversation)
        record(Kind.CONVERSATION_OPENED, conversation, tag=tag.slug, entry_point=_id(point), team=_id(team))
        if reason is Reason.UNKNOWN_TAG:
            record(Kind.TAG_UNKNOWN, conversation, tag=tag.slug)
        if point is not None:
            self._led[point] += 1
        return conversation


def open_conversation(channel: Channel, address: ContactAddress) -> Conversation | None:
    """The customer's open conversation on this channel, locked; None when there is none."""
    return _open_ones([address]).get(address.pk)


def note_tap(
    channel: Channel, address: ContactAddress, event: EntryPointTapped, entry_point: EntryPoint | None
) -> None:
    """Remember the tag for the customer's first words, in memory; tell the team when they already talk."""
    conversation = open_conversation(channel, address)
    if conversation is None:
        address.pending_tag, address.pending_group = event.tag, event.group
    elif event.tag:
        point = entry_point or _entry_point(channel, event.tag)
        record(Kind.ENTRY_POINT_TAPPED, conversation, tag=event.tag, entry_point=_id(point))


def _take_tag(address: ContactAddress, event: Event) -> Tag:
    tag = getattr(event, "tag", "") or address.pending_tag
    group = getattr(event, "group", "") or address.pending_group
    if address.pending_tag:
        address.pending_tag = address.pending_group = ""
    return Tag(tag[:64], group[:64])


def _open_ones(addresses: Collection[ContactAddress]) -> dict[UUID, Conversation]:
    """By address, locked in the order of their keys."""
    found = _locked(addresses, f"t.status <> '{ConversationStatus.CLOSED}'")
    return {conversation.address_id: conversation for conversation in found}


def _recently_closed(addresses: Collection[ContactAddress]) -> dict[UUID, Conversation]:
    """By address the one that was closed last, within the reopening time."""
    if not addresses:
        return {}
    found = _locked(addresses, "t.closed_at >= %s", timezone.now() - REOPENING)
    last_closed = sorted(found, key=lambda each: each.closed_at or each.opened_at)
    return {conversation.address_id: conversation for conversation in last_closed}


def _locked(addresses: Collection[ContactAddress], condition: str, *values: object) -> list[Conversation]:
    channels, ids = {address.channel_id for address in addresses}, {address.pk for address in addresses}
    theirs = f"t.channel_id = ANY(%s) AND t.address_id = ANY(%s) AND {condition}"
    return rows.select(Conversation, theirs, [list(channels), list(ids), *values], end=rows.LOCKED)


def _reopen(conversation: Conversation) -> Conversation:
    held = conversation.assignee is not None and conversation.assignee.active
    if not held:
        conversation.assignee = None
    conversation.status = ConversationStatus.OPEN if held else ConversationStatus.WAITING
    conversation.holder_kind = HolderKind.MEMBER if held else HolderKind.QUEUE
    conversation.closed_at = None
    conversation.fence += 1
    record(Kind.CONVERSATION_REOPENED, conversation, by="customer")
    return conversation


def _team_of(tag: str) -> tuple[Team | None, Reason]:
    found = _route(tag)
    return Team.objects.filter(pk=found.team).first() if found.team else None, found.reason


def _route(tag: str) -> Route:
    default = Team.objects.filter(is_default=True).values_list("pk", flat=True).first()
    rules = dict(RoutingRule.objects.filter(tag=tag).values_list("tag", "team_id")) if tag else {}
    known = EntryPoint.objects.filter(tag=tag).values_list("tag", flat=True)[:1] if tag else []
    return route(tag, rules=rules, known=set(known), default=default)


def _entry_point(channel: Channel, tag: str) -> EntryPoint | None:
    offering = EntryPoint.objects.filter(active=True, places__channel=channel).order_by("created_at")
    if tag:
        return offering.filter(tag=tag).first()
    return _only_one(channel, offering[:2])


def _only_one(channel: Channel, offering: Iterable[EntryPoint]) -> EntryPoint | None:
    """Where customers came from whose platform carries no tag: the one entry point that offers the channel;
    of several nobody can tell."""
    if registry.get(channel.platform).capabilities.entry_tag:
        return None
    found = list(offering)
    return found[0] if len(found) == 1 else None


def _id(row: Team | EntryPoint | None) -> str | None:
    return str(row.id) if row else None

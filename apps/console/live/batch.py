"""What a batch of events means for the sockets: rendered once per language, encoded once, sorted out later.

`make` runs in a database thread inside the tenant's scope. Nothing there decides who gets what: that is
`Batch.share`, asked when frames are written and answered once for everybody who sees the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol
from uuid import UUID

from apps.console.fragments import Fragment
from apps.console.live import protocol
from apps.conversations import queries
from apps.conversations.models import DeliveryStatus, StreamEvent
from apps.conversations.queries import Group, Viewer
from apps.conversations.stream import Kind
from apps.tenants.models import Membership

# After these somebody may have lost sight of the conversation.
MOVING = frozenset({Kind.CONVERSATION_ASSIGNED, Kind.CONVERSATION_TRANSFERRED, Kind.CONVERSATION_REOPENED})

# A message on its way well: its tick changes, and nothing of what is rendered for one viewer.
ARRIVING = frozenset({DeliveryStatus.SENT, DeliveryStatus.DELIVERED, DeliveryStatus.READ})


class Renderer(Protocol):
    """apps.console.fragments, or a counter in its place."""

    def of_events(
        self, events: Sequence[StreamEvent], language: str, *, opened: Collection[UUID]
    ) -> list[Fragment]: ...

    def personal(
        self, conversation_id: UUID, viewer: Viewer, membership: Membership, language: str
    ) -> list[Fragment]: ...


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody has this conversation open."""

    conversation: UUID
    viewer: Viewer
    language: str


@dataclass(frozen=True, slots=True)
class Order:
    """What the sockets need of a batch."""

    languages: frozenset[str] = frozenset()
    looks: Sequence[Look] = ()
    counts: bool = True
    counted: list[Group] | None = None  # what was counted last; the same list comes back when it still holds


@dataclass(frozen=True, slots=True)
class Piece:
    """One fragment for everybody who may see the conversation as it was placed when this was rendered."""

    conversation: UUID
    region: str
    team_id: UUID | None
    assignee_id: UUID | None
    encoded: str


@dataclass(frozen=True, slots=True)
class Share:
    """What one audience gets of a batch: `frame` is all of it, `encoded` its parts, for who gets more."""

    hidden: frozenset[UUID]
    encoded: list[str]
    frame: str


@dataclass(frozen=True)
class Batch:
    """`arrived` counts customers' messages by conversation; `moved` are those that changed hands."""

    seq: int
    pieces: dict[str, list[Piece]]
    personal: dict[Look, list[str]]  # [] where nothing of it changed
    groups: list[Group] | None
    moved: frozenset[UUID] = frozenset()
    arrived: Counter[UUID] = field(default_factory=Counter)
    _shares: dict[object, Share] = field(default_factory=dict)

    @cached_property
    def touched(self) -> frozenset[UUID]:
        """The conversations of which there is something to show."""
        return frozenset(piece.conversation for pieces in self.pieces.values() for piece in pieces)

    @cached_property
    def assignees(self) -> frozenset[UUID | None]:
        return frozenset(piece.assignee_id for pieces in self.pieces.values() for piece in pieces)

    def share(self, viewer: Viewer, language: str, watch: UUID | None) -> Share:
        """What the viewer, who looks at `watch`, may see as everything is placed now.

        Made once for all who see alike: of the same role and teams, unless something is assigned to one of
        them or one of them looks at it.
        """
        watched = watch if watch in self.touched else None
        assigned = viewer.membership_id if viewer.membership_id in self.assignees else None
        key = (language, viewer.role, viewer.team_ids, assigned, watched)
        share = self._shares.get(key)
        if share is None:
            share = self._shares[key] = self._make_share(viewer, language, watched)
        return share

    def _make_share(self, viewer: Viewer, language: str, watch: UUID | None) -> Share:
        pieces = self.pieces[language]
        hidden = frozenset(
            piece.conversation
            for piece in pieces
            if not viewer.may_see(team_id=piece.team_id, assignee_id=piece.assignee_id)
        )
        encoded = [
            piece.encoded
            for piece in pieces
            if piece.conversation not in hidden and (piece.region == "list" or piece.conversation == watch)
        ]
        gone = hidden & (self.moved | {watch})
        encoded += [removal(conversation) for conversation in gone if conversation]
        return Share(hidden, encoded, protocol.pack_frames(self.seq, encoded, None) if encoded else "")


def make(events: Sequence[StreamEvent], order: Order, renderer: Renderer) -> Batch:
    """Everything that `order` asks for about `events` (not empty)."""
    touched = {event.conversation_id for event in events if event.conversation_id}
    looks = [look for look in order.looks if look.conversation in touched]
    opened = {look.conversation for look in looks}
    stirred = {event.conversation_id for event in events if not _arrives(event)}
    return Batch(
        seq=events[-1].seq,
        pieces={
            language: _pieces(renderer.of_events(events, language, opened=opened))
            for language in order.languages
        },
        personal=personal([look for look in looks if look.conversation in stirred], renderer)
        | {look: [] for look in looks if look.conversation not in stirred},
        groups=_groups(order),
        moved=frozenset(_of(MOVING, events)),
        arrived=Counter(_of({Kind.MESSAGE_RECEIVED}, events)),
    )


def personal(looks: Sequence[Look], renderer: Renderer) -> dict[Look, list[str]]:
    """Head, composer and facts for each look; nothing for who may not see it (any more)."""
    if not looks:
        return {}
    rows = Membership.objects.select_related("user")
    members = rows.in_bulk({look.viewer.membership_id for look in looks})
    found: dict[Look, list[str]] = {}
    for look in set(looks):
        member = members.get(look.viewer.membership_id)
        if member is not None:
            made = renderer.personal(look.conversation, look.viewer, member, look.language)
            found[look] = [_encode(fragment) for fragment in made]
    return found


def removal(conversation: UUID) -> str:
    """Takes the conversation's row away from a page that must not show it."""
    target = f"conv-{conversation}"
    return protocol.encode(target=target, action="remove", html="", region="list", conversation=conversation)


def _groups(order: Order) -> list[Group] | None:
    if not order.counts:
        return None
    groups = queries.groups()
    return order.counted if groups == order.counted else groups


def _pieces(fragments: Iterable[Fragment]) -> list[Piece]:
    return [
        Piece(each.conversation, each.region, each.team_id, each.assignee_id, _encode(each))
        for each in fragments
    ]


def _encode(fragment: Fragment) -> str:
    return protocol.encode(
        target=fragment.target,
        action=fragment.action,
        html=fragment.html,
        region=fragment.region,
        conversation=fragment.conversation,
    )


def _arrives(event: StreamEvent) -> bool:
    return event.kind == Kind.DELIVERY_CHANGED and event.data.get("state") in ARRIVING


def _of(kinds: Iterable[Kind], events: Iterable[StreamEvent]) -> list[UUID]:
    chosen = set(kinds)
    return [event.conversation_id for event in events if event.kind in chosen and event.conversation_id]

"""Pieces of the console's page, rendered anew because of stream events: what the live socket pushes.

`of_events` renders each piece once for everybody who reads a language; nothing in it depends on who looks.
`personal` renders what does, for one viewer of one conversation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation

from apps.console import composer, event_words, facts, head, turns
from apps.console.pushed_rows import rows_by_id
from apps.console.rows import Row
from apps.conversations.models import Conversation, StreamEvent
from apps.conversations.queries import Viewer, visible_to
from apps.conversations.stream import Kind
from apps.tenants.models import Membership, Tenant

Action = Literal["append", "replace", "remove"]

_NEW = frozenset({Kind.MESSAGE_RECEIVED, Kind.MESSAGE_SENT})
_CHANGED = frozenset(
    {
        Kind.MESSAGE_EDITED,
        Kind.MESSAGE_WITHDRAWN,
        Kind.REACTION_RECEIVED,
        Kind.DELIVERY_CHANGED,
        Kind.ATTACHMENT_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """`target` is an element id; `append` replaces when it exists, `replace` does nothing when it does not.

    `team_id` and `assignee_id` are the conversation's, for Viewer.may_see at the moment of writing.
    """

    target: str
    action: Action
    html: str
    region: Literal["list", "thread"]
    conversation: UUID
    team_id: UUID | None
    assignee_id: UUID | None


def of_events(
    events: Sequence[StreamEvent], language: str, *, opened: Collection[UUID] | None = None
) -> list[Fragment]:
    """Every row and turn that changed, in the events' order, rendered in `language`.

    Turns only of the conversations in `opened` (None: of all), because nobody looks at the others. Needs the
    tenant's scope. The number of queries does not depend on the number of events.
    """
    about = [event for event in events if event.conversation_id]
    if not about:
        return []
    with translation.override(language):
        return _Batch(about, opened).fragments()


def personal(conversation_id: UUID, viewer: Viewer, membership: Membership, language: str) -> list[Fragment]:
    """Head, composer and facts of one conversation for one viewer; empty when they may not see it."""
    rows = visible_to(viewer).select_related("contact", "address", "channel", "assignee__user", "team")
    conversation = rows.select_related("entry_point").filter(pk=conversation_id).first()
    if conversation is None:
        return []
    tenant = Tenant.objects.get()
    with translation.override(language):
        panes = {
            "thread-head": head.render(conversation, viewer, membership, tenant.slug),
            "composer": composer.render(conversation, membership, tenant.slug),
            "facts": facts.render(conversation, viewer, membership, tenant.slug),
        }
        return [_fragment(conversation, target, "replace", html, "thread") for target, html in panes.items()]


class _Batch:
    """One batch of events with everything that its fragments need, loaded in a fixed number of queries."""

    def __init__(self, events: Sequence[StreamEvent], opened: Collection[UUID] | None) -> None:
        self.rows = rows_by_id({event.conversation_id for event in events if event.conversation_id})
        self.events = [event for event in events if opened is None or event.conversation_id in opened]
        self.slug = next((row.conversation.tenant.slug for row in self.rows.values()), "")
        self.turns = turns.turns_by_id(self._ids("message", _NEW | _CHANGED), self.slug)
        self.slips = turns.notes_by_id(self._ids("note", {Kind.NOTE_WRITTEN}))
        told = [event for event in self.events if event.kind in event_words.TOLD]
        self.names = event_words.names_in(told)

    def fragments(self) -> list[Fragment]:
        """Thread pieces in order, each once at its last place; then one row per conversation."""
        found: dict[str, Fragment] = {}
        for event in self.events:
            row = self.rows.get(event.conversation_id) if event.conversation_id else None
            fragment = self._of(event, row.conversation) if row else None
            if fragment and not (fragment.action == "replace" and fragment.target in found):
                found[fragment.target] = fragment
        return [*found.values(), *(self._row(row) for row in self.rows.values())]

    def _ids(self, field: str, kinds: Collection[str]) -> set[UUID]:
        chosen = (event.data.get(field) for event in self.events if event.kind in kinds)
        return {pk for pk in map(event_words.uuid_in, chosen) if pk}

    def _of(self, event: StreamEvent, conversation: Conversation) -> Fragment | None:
        if event.kind in _NEW | _CHANGED:
            return self._turn(event, conversation)
        if event.kind == Kind.NOTE_WRITTEN:
            return self._slip(event, conversation)
        if event.kind in event_words.TOLD:
            line = event_words.line_of(event, self.names)
            html = render_to_string("console/event.html", {"line": line})
            return _fragment(conversation, f"e-{event.seq}", "append", html, "thread")
        return None

    def _turn(self, event: StreamEvent, conversation: Conversation) -> Fragment | None:
        turn = self.turns.get(event_words.uuid_in(event.data.get("message")) or UUID(int=0))
        if turn is None:
            return None
        action: Action = "append" if event.kind in _NEW else "replace"
        return _fragment(conversation, f"m-{turn.message.pk}", action, render_turn(turn, self.slug), "thread")

    def _slip(self, event: StreamEvent, conversation: Conversation) -> Fragment | None:
        slip = self.slips.get(event_words.uuid_in(event.data.get("note")) or UUID(int=0))
        if slip is None:
            return None
        return _fragment(conversation, f"n-{slip.note.pk}", "append", render_slip(slip), "thread")

    def _row(self, row: Row) -> Fragment:
        html = render_row(row, self.slug)
        return _fragment(row.conversation, f"conv-{row.conversation.pk}", "append", html, "list")


def render_turn(turn: turns.Turn, slug: str) -> str:
    return render_to_string("console/turn.html", {"turn": turn, "slug": slug})


def render_slip(slip: turns.NoteSlip) -> str:
    return render_to_string("console/note.html", {"slip": slip})


def render_row(row: Row, slug: str) -> str:
    return render_to_string("console/row.html", {"row": row, "slug": slug, "view": "all"})


def _fragment(
    conversation: Conversation, target: str, action: Action, html: str, region: Literal["list", "thread"]
) -> Fragment:
    return Fragment(
        target, action, html, region, conversation.pk, conversation.team_id, conversation.assignee_id
    )

"""The turns of one conversation: messages, notes and events in the order in which they became visible.

The order is the stream's own, so that a page that was open all along and one just loaded show the same.
What is older than the stream keeps its place by message number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.utils.safestring import SafeString

from apps.console import times
from apps.console.event_words import TOLD, EventLine, Names, line_of, names_in, uuid_in
from apps.console.turns import NoteSlip, Turn, messages_with_parts, slip_of, turn_of
from apps.conversations.models import Conversation, Message, Note, StreamEvent
from apps.conversations.stream import Kind

PAGE = 50  # messages
_PLACES = {Kind.MESSAGE_RECEIVED: "message", Kind.MESSAGE_SENT: "message", Kind.NOTE_WRITTEN: "note"}
_SAME_BREATH = timedelta(minutes=5)
Rank = tuple[int, int, int]


@dataclass(slots=True)
class Item:
    """One entry; exactly one of turn, slip and line is set. `new_day` asks for a line with the date."""

    at: datetime
    rank: Rank
    turn: Turn | None = None
    slip: NoteSlip | None = None
    line: EventLine | None = None
    new_day: bool = False
    follows: bool = False  # the same person went on speaking

    @property
    def day(self) -> SafeString:
        return times.day(self.at)


@dataclass(frozen=True, slots=True)
class Timeline:
    """`before` is the message number to ask for older turns with; None when this is the beginning."""

    items: list[Item]
    before: int | None
    last_seq: int


@dataclass(slots=True)
class _Window:
    messages: list[Message]
    start: datetime | None
    end: datetime | None
    events: list[StreamEvent] = field(default_factory=list)


def latest(conversation: Conversation, slug: str, *, before: int | None = None) -> Timeline:
    """The last PAGE messages (or those numbered under `before`) with what happened around them.

    Needs contact and channel at hand; five queries, six with `before`.
    """
    window = _window(conversation, before)
    window.events = _events(conversation, window)
    places = _places(window.events)
    items = [_turn_item(message, slug, places) for message in window.messages]
    items += [_note_item(note, places) for note in _notes(conversation, window)]
    items += _event_items(window.events)
    items.sort(key=lambda item: item.rank)
    _mark(items)
    more = window.start is not None
    return Timeline(items, window.messages[0].seq if more else None, conversation.last_seq)


def _window(conversation: Conversation, before: int | None) -> _Window:
    rows = messages_with_parts().filter(conversation=conversation).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: PAGE + 1])
    for message in found:
        message.conversation = conversation
        if message.channel_id == conversation.channel_id:
            message.channel = conversation.channel
    more = len(found) > PAGE
    messages = found[:PAGE][::-1]
    end = None
    if before is not None:
        end = _moment_of(conversation, before)
    return _Window(messages, messages[0].created_at if more else None, end)


def _moment_of(conversation: Conversation, seq: int) -> datetime | None:
    rows = Message.objects.filter(conversation=conversation, seq__gte=seq).order_by("seq")
    moment: datetime | None = rows.values_list("created_at", flat=True).first()
    return moment


def _events(conversation: Conversation, window: _Window) -> list[StreamEvent]:
    rows = StreamEvent.objects.filter(conversation=conversation, kind__in=[*TOLD, *_PLACES])
    if window.start:
        rows = rows.filter(at__gte=window.start)
    if window.end:
        rows = rows.filter(at__lt=window.end)
    return list(rows.order_by("seq"))


def _notes(conversation: Conversation, window: _Window) -> list[Note]:
    rows = Note.objects.filter(conversation=conversation)
    if window.start:
        rows = rows.filter(created_at__gte=window.start)
    if window.end:
        rows = rows.filter(created_at__lt=window.end)
    return list(rows)


def _places(events: Sequence[StreamEvent]) -> dict[UUID, int]:
    """Where each message and note stands in the stream."""
    found: dict[UUID, int] = {}
    for event in events:
        subject = uuid_in(event.data.get(_PLACES.get(Kind(event.kind), "")))
        if subject:
            found[subject] = event.seq
    return found


def _turn_item(message: Message, slug: str, places: dict[UUID, int]) -> Item:
    rank = (places.get(message.pk, 0), message.seq, 0)
    return Item(message.said_at, rank, turn=turn_of(message, slug))


def _note_item(note: Note, places: dict[UUID, int]) -> Item:
    return Item(note.created_at, (places.get(note.pk, 0), note.after_seq, 1), slip=slip_of(note))


def _event_items(events: Sequence[StreamEvent]) -> list[Item]:
    told = [event for event in events if event.kind in TOLD]
    names: Names = names_in(told)
    return [Item(event.at, (event.seq, 0, 0), line=line_of(event, names)) for event in told]


def _mark(items: list[Item]) -> None:
    day: date | None = None
    for item in items:
        item.new_day, day = item.at.date() != day, item.at.date()
    for before, item in pairwise(items):
        if before.turn and item.turn and not item.new_day:
            same = before.turn.author == item.turn.author
            item.follows = same and item.at - before.at < _SAME_BREATH

"""Writing the tenant's numbered log.

`record` collects events during a scope; they get their numbers as the last statements of its transaction,
under the lock of the tenant's counter row. So numbers become visible in order and without gaps (a plain
sequence lost 30 % of events to readers, RELIABILITY C11), and the lock is held only for the commit. After
the commit a hint (tenant, number) goes out; it may be lost.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import transaction

from apps.conversations import hints
from apps.conversations.models import Conversation, StreamCounter, StreamEvent
from apps.core import planned, rows, tenancy


class Kind(StrEnum):
    CONVERSATION_OPENED = "ConversationOpened"
    CONVERSATION_ASSIGNED = "ConversationAssigned"
    CONVERSATION_TRANSFERRED = "ConversationTransferred"
    CONVERSATION_CLOSED = "ConversationClosed"
    CONVERSATION_REOPENED = "ConversationReopened"
    CONVERSATION_READ = "ConversationRead"
    ENTRY_POINT_TAPPED = "EntryPointTapped"
    TAG_UNKNOWN = "TagUnknown"
    MESSAGE_RECEIVED = "MessageReceived"
    MESSAGE_SENT = "MessageSent"
    MESSAGE_EDITED = "MessageEdited"
    MESSAGE_WITHDRAWN = "MessageWithdrawn"
    REACTION_RECEIVED = "ReactionReceived"
    DELIVERY_CHANGED = "DeliveryChanged"
    ATTACHMENT_CHANGED = "AttachmentChanged"
    NOTE_WRITTEN = "NoteWritten"
    CONTACT_LEFT = "ContactLeft"
    CONTACT_RETURNED = "ContactReturned"
    WINDOW_OPENED = "WindowOpened"
    THREAD_CONTROL_CHANGED = "ThreadControlChanged"
    MARKETING_CHANGED = "MarketingChanged"
    CHANNEL_CHANGED = "ChannelChanged"


def record(kind: Kind, conversation: Conversation | UUID | None = None, **data: Any) -> None:
    """Add one event to the open scope. `data` holds ids and numbers as JSON, never content or secrets."""
    about = conversation.pk if isinstance(conversation, Conversation) else conversation
    tenancy.collect(_number_and_store, StreamEvent(kind=kind, conversation_id=about, data=data))


def unnumbered(conversation: Conversation) -> list[StreamEvent]:
    """The events of a conversation that the open scope has recorded and will number at its end."""
    events = tenancy.collected(_number_and_store)
    return [event for event in events if event.conversation_id == conversation.pk]


def head() -> int:
    """The last visible number of the open scope's tenant; 0 before the first event."""
    return span()[1]


def span() -> tuple[int, int]:
    """The numbers above which, and up to which, the log of the open scope's tenant holds everything."""
    counter = StreamCounter.objects.first()
    return (counter.whole_above, counter.last_seq) if counter else (0, 0)


def after(cursor: int, *, limit: int = 500) -> list[StreamEvent]:
    """Events numbered above `cursor`, in order. Gap-free: whatever is returned is all there is."""
    return rows.select(StreamEvent, "t.seq > %s", [cursor, limit], end="ORDER BY t.seq LIMIT %s")


def _number_and_store(events: list[StreamEvent]) -> None:
    tenant_id = tenancy.require()
    columns = _unnumbered_columns()
    with planned.cursor() as cursor:
        cursor.execute(_numbering(), [tenant_id, len(events), len(events), *rows.added(events, columns)])
        numbers = sorted(seq for (seq,) in cursor.fetchall())
    for seq, event in zip(numbers, events, strict=True):
        event.seq = seq
    transaction.on_commit(partial(hints.stream_moved, tenant_id, numbers[-1]))


@cache
def _numbering() -> str:
    """One statement, so that the counter is locked for it and the commit only."""
    columns = _unnumbered_columns()
    names = ", ".join(str(column.column) for column in columns)
    return (
        "WITH moved AS (INSERT INTO conversations_streamcounter AS c (tenant_id, last_seq) VALUES (%s, %s) "
        "ON CONFLICT (tenant_id) DO UPDATE SET last_seq = c.last_seq + EXCLUDED.last_seq RETURNING last_seq) "
        f"INSERT INTO conversations_streamevent (seq, {names}) "
        f"SELECT moved.last_seq - %s + v.place, {', '.join(f'v.{column.column}' for column in columns)} "
        f"FROM moved, {rows.given(columns)} WITH ORDINALITY AS v({names}, place) RETURNING seq"
    )


@cache
def _unnumbered_columns() -> list[rows.Field]:
    return [column for column in rows.stored(StreamEvent) if column.name != "seq"]

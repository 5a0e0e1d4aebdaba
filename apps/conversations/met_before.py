"""What is known already of messages that come in: stored before, or taken back before they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from apps.conversations.arrivals import Said
from apps.core import planned, tenancy

Named = tuple[UUID, str]  # channel, ref

_ASKED = "t.tenant_id = %s AND t.channel_id = ANY(%s) AND t.ref = ANY(%s)"
_STATEMENT = (
    f"SELECT t.channel_id, t.ref, NULL::timestamptz FROM conversations_message t WHERE {_ASKED} "
    f"UNION ALL SELECT t.channel_id, t.ref, t.at FROM conversations_earlywithdrawal t WHERE {_ASKED}"
)


@dataclass(frozen=True, slots=True)
class MetBefore:
    """`here` are stored already; `taken_back` says when the customer took back what has not come yet."""

    here: set[Named] = field(default_factory=set)
    taken_back: dict[Named, datetime] = field(default_factory=dict)


def of(said: Sequence[Said]) -> MetBefore:
    """One query. Inside a scope, with the addresses locked, so that it stays true until the scope's end."""
    channels, refs = {each.channel.pk for each in said}, {each.event.ref for each in said}
    asked, found = (tenancy.require(), list(channels), list(refs)), MetBefore()
    with planned.cursor() as cursor:
        cursor.execute(_STATEMENT, [*asked, *asked])
        for channel_id, ref, at in cursor.fetchall():
            if at is None:
                found.here.add((channel_id, ref))
            else:
                found.taken_back[channel_id, ref] = at
    return found

"""One open socket of one visitor."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from apps.core.sockets.frames import Close, pack
from apps.core.sockets.outbox import Outbox
from apps.widget import state
from apps.widget.history import Told
from apps.widget.models import Visitor


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a conversation is: enough to decide, when a frame is written, who may have it."""

    channel_id: UUID
    value: str
    external_id: str


class Seat:
    """`live` once it has been told everything; `places` are its conversations as far as it knows them."""

    def __init__(self, visitor: Visitor, origin: str | None, outbox: Outbox) -> None:
        self.visitor, self.origin, self.outbox = visitor, origin, outbox
        self.live = False
        self.places: set[UUID] = set()

    def may_see(self, owner: Owner) -> bool:
        """The rule of `history.conversations_of`, without the database."""
        visitor = self.visitor
        if owner.channel_id != visitor.channel_id:
            return False
        known = bool(visitor.external_id) and owner.external_id == visitor.external_id
        return known or owner.value == visitor.value

    def put(self, op: str, **facts: Any) -> None:
        self.outbox.put(pack(op, **facts))

    def tell(self, told: Told) -> None:
        """Write messages and states that are this visitor's."""
        self.places.update(told.states)
        self.put("changes", **state.changes(self.visitor, told))

    def close(self, code: Close) -> None:
        self.live = False
        self.outbox.close(code)


def owners_of(rows: Collection[tuple[UUID, UUID, str, str]]) -> dict[UUID, Owner]:
    """By conversation; rows of (conversation, channel, address value, contact's external id)."""
    return {row[0]: Owner(*row[1:]) for row in rows}

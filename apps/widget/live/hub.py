"""All open visitors' sockets of one tenant in this web process.

New events are read once for all; who may have what is decided when it is written. A seat becomes live
right after its state was read, with nothing awaited in between, so nothing falls in between; what comes
twice is the same message again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from apps.conversations import live
from apps.conversations.models import Conversation, StreamEvent
from apps.core.sockets.frames import Close
from apps.widget import history, state
from apps.widget.history import Told
from apps.widget.live import guard
from apps.widget.live.seat import Owner, Seat, owners_of
from apps.widget.shapes import Shape

log = logging.getLogger(__name__)

SEATS_PER_VISITOR = 10
TYPERS = 1000  # agents whose typing is remembered, to know where it ends


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch of events means to visitors, by conversation."""

    owners: dict[UUID, Owner] = field(default_factory=dict)
    messages: list[Shape] = field(default_factory=list)
    states: dict[UUID, Shape] = field(default_factory=dict)


class Hub:
    """Use `enter`. It is a `live.Listener` of the tenant's log."""

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id
        self.seats: set[Seat] = set()
        self._entering = asyncio.Lock()
        self._follower: live.Follower | None = None
        self._guard: asyncio.Task[None] | None = None
        self._typing: dict[str, UUID] = {}

    async def enter(self, seat: Seat, *, cursor: str) -> None:
        """Tell the seat what it missed since `cursor` ("" for everything), then keep it up to date.

        Whatever fails ends the socket, to come back.
        """
        if sum(each.visitor.pk == seat.visitor.pk for each in self.seats) >= SEATS_PER_VISITOR:
            seat.close(Close.TOO_FAST)
            return
        try:
            follower = await self._admit(seat)
            facts, places = await follower.between(partial(_missed, seat, cursor))
        except Exception as error:
            log.warning("cannot bring a visitor's socket up to date: %s", type(error).__name__)
            seat.close(Close.RESTART)
            return
        seat.places, seat.live = places, seat in self.seats
        seat.put("ready", **facts)

    def leave(self, seat: Seat) -> None:
        """Idempotent. The last to leave closes the hub."""
        self.seats.discard(seat)
        seat.live = False
        if self.seats:
            return
        _hubs.drop(self.tenant_id, self)
        if self._guard is not None:
            self._guard.cancel()
        if self._follower is not None:
            self._follower.leave(self)
        self._guard = self._follower = None

    # What the log tells -------------------------------------------------------------------------------

    def reader(self) -> live.Reader:
        return partial(_find, [seat for seat in self.seats if seat.live])

    def take(self, seq: int, found: Found) -> None:
        for seat in [seat for seat in self.seats if seat.live]:
            mine = {place for place, owner in found.owners.items() if seat.may_see(owner)}
            if not mine:
                continue
            names = {str(place) for place in mine}
            messages = [each for each in found.messages if each["conversation"] in names]
            states = {place: each for place, each in found.states.items() if place in mine}
            if messages or states:
                seat.tell(Told(seq, messages, states))

    def lost(self, seq: int) -> None:
        for seat in [seat for seat in self.seats if seat.live]:
            seat.close(Close.RESTART)

    def signal(self, message: dict[str, Any]) -> None:
        """An agent types an answer, or stops; who it is stays inside."""
        if message.get("type") != "console.types":
            return
        before = self._typing.pop(message["seat"], None)
        now = UUID(message["conversation"]) if message["conversation"] else None
        if before is not None and before != now:
            self._show_typing(before, on=False)
        if now is not None and self._show_typing(now, on=True) and len(self._typing) < TYPERS:
            self._typing[message["seat"]] = now

    def _show_typing(self, place: UUID, *, on: bool) -> bool:
        """Whether anybody was there to be shown."""
        seats = [seat for seat in self.seats if seat.live and place in seat.places]
        for seat in seats:
            seat.put("typing", on=on)
        return bool(seats)

    async def _admit(self, seat: Seat) -> live.Follower:
        async with self._entering:
            if self._follower is None:
                self._follower = await live.follow(self.tenant_id, self)
                self._guard = asyncio.create_task(guard.run(self.tenant_id, self.seats))
            self.seats.add(seat)
            return self._follower


_hubs: live.PerTenant[Hub] = live.PerTenant(Hub)


def hub_of(tenant_id: UUID) -> Hub:
    """The tenant's hub on the running event loop, made on first use."""
    return _hubs.get(tenant_id)


def _missed(seat: Seat, cursor: str, _position: int) -> tuple[Shape, set[UUID]]:
    """The log's head is read again: it is at the follower's position or further."""
    visitor = seat.visitor
    found = state.since(visitor, cursor)
    places = history.conversations_of(visitor).values_list("pk", flat=True)
    return found, set(places)


def _find(seats: Sequence[Seat], events: Sequence[StreamEvent]) -> Found:
    """In the database's thread: of the seats only what never changes is looked at."""
    ids = history.places_of(events)
    if not seats or not ids:
        return Found()
    rows = Conversation.objects.filter(pk__in=ids)
    facts = rows.values_list("pk", "channel_id", "address__value", "contact__external_id")
    owners = {
        place: owner
        for place, owner in owners_of(list(facts)).items()
        if any(seat.may_see(owner) for seat in seats)
    }
    if not owners:
        return Found()
    messages, states = history.changed(events, owners.keys())
    return Found(owners, messages, states)

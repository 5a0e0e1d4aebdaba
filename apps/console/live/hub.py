"""All open pages of one tenant in this web process.

New events are rendered once and written to every seat that may see them at that moment (DESIGN.md, Live).
A seat that resumes reads from its cursor until it meets the live position, its open thread's part
and the list's, which it shares with others who resume at the same moment; between that last look and
going live nothing is awaited, so nothing falls in between and nothing comes twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any
from uuid import UUID

from django.db import Error as DatabaseError

from apps.console import fragments
from apps.console.live import banners, batch, protocol, replay
from apps.console.live.batch import Batch, Look, Order, Renderer
from apps.console.live.company import Company, Placed
from apps.console.live.guard import Guard
from apps.console.live.seat import Seat
from apps.conversations import live
from apps.conversations.live_hints import Message
from apps.conversations.models import Conversation, StreamEvent
from apps.conversations.queries import Group
from apps.core import realtime
from apps.core.sockets.frames import Close

log = logging.getLogger(__name__)

MAX_BEHIND = 5000  # further back it is cheaper to fetch the page afresh
PATIENCE = 3  # times that a seat may run after a log that moved on before the log waits for it


class Hub:
    """Use `enter`. It is a `live.Listener` of the tenant's log."""

    def __init__(self, tenant_id: UUID, renderer: Renderer = fragments) -> None:
        self.tenant_id, self.renderer = tenant_id, renderer
        self.seats: set[Seat] = set()
        self.company = Company(tenant_id, lambda: self.seats)
        self._guard = Guard(tenant_id, lambda: self.seats)
        self._entering = asyncio.Lock()
        self._follower: live.Follower | None = None
        self._counted: list[Group] | None = None
        self._pages = replay.Pages(tenant_id, renderer)
        self._groups: dict[Seat, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def enter(self, seat: Seat, *, cursor: int, watch: UUID | None) -> Coroutine[Any, Any, None]:
        """Bring the seat from `cursor` to now and keep it there. What it missed comes before its "ready".

        The seat counts at once, so that the hub does not close before the coroutine has begun.
        """
        seat.position = seat.thread = cursor
        self.seats.add(seat)
        return self._enter(seat, watch)

    def leave(self, seat: Seat) -> None:
        """Idempotent. The last to leave closes the hub."""
        if seat not in self.seats:
            return
        self.seats.discard(seat)
        seat.live = False
        self.company.gone(seat)
        group = self._groups.pop(seat, None)
        if self._follower is not None and group is not None:
            self._follower.unhear(group)
        if not self.seats:
            self._stop()

    async def watch(self, seat: Seat, conversation: UUID | None, *, cursor: int | None) -> bool:
        """The seat looks at `conversation` now; False, and at nothing, when it may not see it.

        With `cursor`, the number its thread was rendered at, what happened there since is written.
        """
        seat.watch = None
        if conversation is not None and self._follower is not None:
            since = protocol.MAX_NUMBER if cursor is None else cursor
            look = batch.Look(conversation, seat.viewer, seat.language)
            try:
                found = await self._follower.between(partial(replay.thread, look, self.renderer, since))
            except Conversation.DoesNotExist:
                self.company.looks(seat)
                return False
            seat.watch = conversation
            seat.tell_thread(found)
        self.company.looks(seat)
        return True

    # What the log tells -------------------------------------------------------------------------------

    def reader(self) -> live.Reader:
        seats = [seat for seat in self.seats if seat.live]
        order = Order(
            languages=frozenset(seat.language for seat in seats),
            looks=[seat.look for seat in seats if seat.look],
            counted=self._counted,
        )
        return partial(_make, order, self.renderer)

    def take(self, seq: int, found: Batch) -> None:
        self._counted = found.groups
        if found.moved:
            self._pages.forget()
        for seat in [seat for seat in self.seats if seat.live]:
            if seat.ready_for(found):
                seat.tell(found)
            else:
                self._fall_back(seat)

    def lost(self, seq: int) -> None:
        for seat in [seat for seat in self.seats if seat.live]:
            seat.resync()

    def signal(self, message: Message) -> None:
        if message.get("type") == "access.changed":
            self._guard.suspect()
        elif message.get("type") == "customer.typing":
            self._keep(self._customer_types(UUID(message["conversation"]), message["on"]))
        else:
            self.company.hear(message)

    async def _customer_types(self, conversation: UUID, on: bool) -> None:
        with suppress(DatabaseError):  # a signal that lives for seconds
            placed = await live.in_scope(self.tenant_id, partial(_place_of, conversation))
            if placed is not None:
                self.company.customer_types(conversation, on, placed)

    # Coming and going ---------------------------------------------------------------------------------

    async def _enter(self, seat: Seat, watch: UUID | None) -> None:
        with _ending(seat):
            follower = await self._listen(seat)
            await follower.advance()
            if watch is not None:
                await self._thread(seat, Look(watch, seat.viewer, seat.language), follower)
                self.company.looks(seat)
            missed = await self._bring_up(seat, follower)
            facts, offline = missed.facts(seat.language), banners.reconnecting(seat.language)
            seat.put("ready", cursor=seat.position, missed=facts, offline=offline)

    async def _listen(self, seat: Seat) -> live.Follower:
        async with self._entering:
            if self._follower is None:
                self._follower = await live.follow(self.tenant_id, self)
                self._keep(self._guard.run(self.company.expire))
            self._groups[seat] = realtime.user_group(seat.access.claim.user_id)
            self._follower.hear(self._groups[seat])
            return self._follower

    async def _bring_up(self, seat: Seat, follower: live.Follower) -> replay.Missed:
        missed, aim, runs = replay.Missed(), follower.position, 0
        while not (seat.outbox.closed or follower.position == seat.position == seat.known):
            if seat.position >= aim:  # it is where the log was, which has moved on
                aim, runs = follower.position, runs + 1
            if runs > PATIENCE:
                await self._hold(seat, follower, missed)
            elif seat.position != follower.position:
                self._check(seat, follower)
                page = await self._pages.get(seat.position, follower.position, seat.language)
                if seat.look and seat.thread < page.seq:  # the cursor that the page gets counts for both
                    await self._thread(seat, seat.look, follower)
                missed.tell(page, seat)
            elif seat.look:
                await self._thread(seat, seat.look, follower)
            await seat.outbox.room()
        seat.live = seat in self.seats and not seat.outbox.closed
        return missed

    def _check(self, seat: Seat, follower: live.Follower) -> None:
        """Raises Gap when the page must be fetched afresh: too far behind, or from a future that a restored
        database does not know."""
        if not 0 <= follower.position - seat.position <= MAX_BEHIND:
            raise replay.Gap

    async def _thread(self, seat: Seat, look: Look, follower: live.Follower) -> None:
        """The open thread's part; who may not see it (any more) looks at nothing. It opens here."""
        before, read = seat.look, partial(replay.thread, look, self.renderer, seat.thread)
        try:
            found = await live.in_scope(self.tenant_id, partial(read, follower.position))
        except Conversation.DoesNotExist:
            self._close_thread(seat, before)
            return
        if seat.look is before:  # otherwise they have opened another one meanwhile
            seat.look = look
            seat.tell_thread(found)

    def _close_thread(self, seat: Seat, look: Look | None) -> None:
        if seat.look is look:
            seat.look = None
            seat.refuse("not_found")

    async def _hold(self, seat: Seat, follower: live.Follower, missed: replay.Missed) -> None:
        """Both parts while the log waits, so that a busy one is caught."""
        self._check(seat, follower)
        look = seat.look
        try:
            page, found = await follower.between(partial(replay.rest, seat.at, self.renderer))
        except Conversation.DoesNotExist:
            self._close_thread(seat, look)
            return
        if found is not None and seat.look is look:  # first: the cursor that the page gets counts for both
            seat.tell_thread(found)
        if page is not None:
            missed.tell(page, seat)

    def _fall_back(self, seat: Seat) -> None:
        """It changed while the batch was rendered without it: let it read that batch on its own."""
        seat.live = False
        if self._follower is not None:
            self._keep(self._catch_up(seat, self._follower))

    async def _catch_up(self, seat: Seat, follower: live.Follower) -> None:
        with _ending(seat):
            await self._bring_up(seat, follower)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stop(self) -> None:
        _hubs.drop(self.tenant_id, self)
        for task in self._tasks:
            task.cancel()
        if self._follower is not None:
            self._follower.leave(self)
            self._follower = None


_hubs: live.PerTenant[Hub] = live.PerTenant(Hub)
hub_of = _hubs.get


def _place_of(conversation: UUID) -> Placed | None:
    rows = Conversation.objects.filter(pk=conversation)
    return rows.values_list("team_id", "assignee_id").first()


def _make(order: Order, renderer: Renderer, events: Sequence[StreamEvent]) -> Batch:
    return batch.make(events, order, renderer)


@contextmanager
def _ending(seat: Seat) -> Iterator[None]:
    """Whatever goes wrong while a seat is brought up ends its socket; the client knows what to do next."""
    try:
        yield
    except replay.Gap:
        seat.resync()
    except DatabaseError as error:
        log.warning("cannot bring a socket up to date: %s", type(error).__name__)
        seat.close(Close.RESTART)
    except Exception:
        log.exception("cannot bring a socket up to date")
        seat.resync()

"""Following a tenant's log from a web process, for doors that keep sockets open (console, widget).

One `Follower` per tenant and event loop reads each new event once, in one transaction, and hands it to
its listeners. A hint makes it look at once, a poll every POLL_SECONDS makes hints dispensable; it runs
while somebody listens. Numbers in the log are gap-free, so "all above my position" misses nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Generic, ParamSpec, Protocol, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import transaction

from apps.conversations import stream
from apps.conversations.live_hints import Hearing, Message
from apps.conversations.models import StreamEvent
from apps.core import realtime, tenancy

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
RETRY_SECONDS = 1.0
PAGE = 200

# Sockets of every tenant share these threads and their connections: a bounded number, and one tenant's
# slow query does not stop the others' frames.
THREADS = ThreadPoolExecutor(4, thread_name_prefix="live")

Reader = Callable[[Sequence[StreamEvent]], Any]
P = ParamSpec("P")
T = TypeVar("T")


class Listener(Protocol):
    """What follows a tenant's log. All but the reader run on the event loop and must not block."""

    def reader(self) -> Reader:
        """A function for the events to come, made from what the listener knows now.

        It runs in a database thread inside the tenant's scope, so it must not touch what the loop changes.
        """

    def take(self, seq: int, found: Any) -> None:
        """The log was read up to `seq`; `found` is what the reader returned. Called in order, once each."""

    def lost(self, seq: int) -> None:
        """The reader failed on the events up to `seq`: whoever listens must fetch afresh."""

    def signal(self, message: Message) -> None:
        """A hint of the tenant that lives for seconds (`customer.typing`, `access.changed`, …)."""


def in_database(function: Callable[P, T]) -> Callable[P, Any]:
    """`function` as a coroutine function on the sockets' database threads. It opens its own scope."""
    run: Callable[P, Any] = database_sync_to_async(function, thread_sensitive=False, executor=THREADS)
    return run


async def in_scope(tenant_id: UUID, function: Callable[[], T]) -> T:
    """Run `function` in the tenant's scope, on a database thread."""
    found: T = await in_database(_in_scope)(tenant_id, function)
    return found


async def follow(tenant_id: UUID, listener: Listener) -> Follower:
    """Hand the tenant's events to `listener` from now on; it starts at the follower's `position`.

    Raises what the database raises when the first look fails. End it with `Follower.leave(listener)`.
    """
    follower = _followers.get(tenant_id)
    await follower.enter(listener)
    return follower


class Follower:
    """Use `follow`. `position` is the last number that was handed over."""

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id, self.position = tenant_id, -1
        self._listeners: list[Listener] = []
        self._reading = asyncio.Lock()
        self._begun = self._ended = 0  # the numbers of the last advances
        self._moved = asyncio.Event()
        self._hearing = Hearing(self._heard)
        self._tasks: list[asyncio.Task[None]] = []

    async def enter(self, listener: Listener) -> None:
        async with self._reading:  # between two reads, so that nothing passes a new listener by
            if self.position < 0:
                self.position = await in_scope(self.tenant_id, stream.head)
            self._listeners.append(listener)
            if not self._tasks:
                self._start()

    def leave(self, listener: Listener) -> None:
        """Stop handing over; the last to leave ends the follower. Idempotent."""
        with suppress(ValueError):
            self._listeners.remove(listener)
        if not self._listeners:
            _followers.drop(self.tenant_id, self)
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def hear(self, group: str) -> None:
        """Pass hints of one more group (a user's) to the listeners as well; undo with `unhear`."""
        self._hearing.join(group)

    def unhear(self, group: str) -> None:
        self._hearing.leave(group)

    async def advance(self) -> None:
        """Read now; when it returns, everything durable at the time of the call was handed over."""
        begun = self._begun
        async with self._reading:
            if self._ended > begun:  # another began after our call and has ended: it serves us too
                return
            self._begun += 1
            number = self._begun
            while await self._read():
                pass
            self._ended = number

    async def between(self, function: Callable[[int], T]) -> T:
        """Run `function(position)` in the tenant's scope while no batch is under way: what it sees is not
        older than anything that was handed over, and whatever it does not see will be."""
        async with self._reading:
            return await in_scope(self.tenant_id, partial(function, self.position))

    def _start(self) -> None:
        self._hearing.join(realtime.tenant_group(self.tenant_id))
        runs = (self._run(), self._hearing.run())
        self._tasks = [asyncio.create_task(run) for run in runs]

    async def _run(self) -> None:
        while True:
            self._moved.clear()
            try:
                await self.advance()
            except Exception as error:  # database away: nothing is lost, look again
                log.warning("cannot read the log: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._moved.wait(), POLL_SECONDS)

    async def _read(self) -> bool:
        """One page; True when there may be another."""
        listeners = list(self._listeners)
        readers = [listener.reader() for listener in listeners]
        events, found = await in_database(_page)(self.tenant_id, self.position, readers)
        if not events:
            return False
        self.position = events[-1].seq
        for listener, result in zip(listeners, found, strict=True):
            if listener in self._listeners:
                _hand_over(listener, self.position, result)
        return len(events) == PAGE

    def _heard(self, message: Message) -> None:
        if message.get("type") == "stream.moved":
            self._moved.set()
            return
        for listener in list(self._listeners):
            listener.signal(message)


class PerTenant(Generic[T]):
    """One T per tenant and event loop, made on first use."""

    def __init__(self, make: Callable[[UUID], T]) -> None:
        self._make = make
        self._loops: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[UUID, T]] = WeakKeyDictionary()

    def get(self, tenant_id: UUID) -> T:
        known = self._loops.setdefault(asyncio.get_running_loop(), {})
        if tenant_id not in known:
            known[tenant_id] = self._make(tenant_id)
        return known[tenant_id]

    def drop(self, tenant_id: UUID, item: T) -> None:
        """Forget `item`; a newer one of the same tenant stays. Idempotent."""
        known = self._loops.get(asyncio.get_running_loop(), {})
        if known.get(tenant_id) is item:
            del known[tenant_id]


_followers: PerTenant[Follower] = PerTenant(Follower)


class _Failed:
    """In place of what a reader could not find."""


def _in_scope(tenant_id: UUID, function: Callable[[], T]) -> T:
    with tenancy.scope(tenant_id):
        return function()


def _page(tenant_id: UUID, position: int, readers: list[Reader]) -> tuple[list[StreamEvent], list[Any]]:
    """The next events and what each reader found. As long as nobody fails without savepoints, which cost each
    reader two round trips."""
    with suppress(Exception):
        return _read_page(tenant_id, position, readers)
    return _read_page(tenant_id, position, [partial(_read_apart, reader) for reader in readers])


def _read_page(tenant_id: UUID, position: int, readers: list[Reader]) -> tuple[list[StreamEvent], list[Any]]:
    with tenancy.scope(tenant_id):
        events = stream.after(position, limit=PAGE)
        return events, [reader(events) for reader in readers] if events else []


def _read_apart(reader: Reader, events: Sequence[StreamEvent]) -> Any:
    """One listener's failure is its own: the others still get their events, and the log goes on."""
    try:
        with transaction.atomic():
            return reader(events)
    except Exception:
        log.exception("a listener could not read events up to %d", events[-1].seq)
        return _Failed


def _hand_over(listener: Listener, seq: int, result: Any) -> None:
    if result is _Failed:
        listener.lost(seq)
    else:
        listener.take(seq, result)

"""The way out: claim, send side by side, write results. One asynchronous loop, kept by each worker process.

Two transactions and never one: the claim commits, the call runs outside any transaction, the result is
written only by who still holds the lease token (RELIABILITY 6.4). The database is the queue; a killed
worker costs the lease of what it was sending and nothing else. Claiming, sending and writing go on beside
one another, each in batches as large as what came together meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from apps.conversations import outcomes, outgoing_http
from apps.conversations.claim import IN_TIME, Claim, claim
from apps.conversations.in_turn import InTurn
from apps.conversations.load import Job, load
from apps.conversations.result import Result
from apps.core import latest
from apps.core.http import STOPPED, Http
from apps.core.latest import Deadline
from apps.platforms import base

log = logging.getLogger(__name__)

T = TypeVar("T")

IN_FLIGHT = 400  # of one worker process at once: claimed and not yet written
FEW = 16  # in flight; with more, claims and writes wait a moment for company
PACE = 0.01  # seconds
STEP = 4  # calls begun before answers and other tenants' calls have their turn
DEADLINE = 25.0  # seconds for one send without its file
UPLOAD_RATE = 200_000  # bytes a second that a file must reach
LEASE = 30.0  # seconds, as queue_claim_deliveries gives them
HEARTBEAT = 7.5  # seconds; leases are renewed as long as this process lives
LOOK_EVERY = 2.0  # seconds without a hint
PATIENCE = 10.0  # seconds to write the last results
AGAIN = 0.25  # seconds until a result that could not be written is tried again


def drain(*, seconds: float = 25.0, stopping: Callable[[], bool] = lambda: False) -> int:
    """Send what is due until nothing is, the time is up or the process stops; how many were tried."""
    end = time.monotonic() + seconds
    loop = _Loop(lambda: stopping() or time.monotonic() > end, stay=False)
    return asyncio.run(loop.run())


class Sender:
    """A worker's own loop in a thread, which stays: connections to platforms stay open with it."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._current: _Loop | None = None
        self._thread = threading.Thread(target=self._run, name="deliver", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> bool:
        """Look for work now; False when no loop is running that could. From any thread, at any time."""
        current = self._current
        return current is not None and current.wake()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._current = _Loop(self._stopping.is_set, stay=True)
            try:
                asyncio.run(self._current.run())
            except Exception:  # the database away: it is looked for again
                log.exception("sending")
                self._stopping.wait(LOOK_EVERY)


class _Loop:
    """`over` says when to claim no more; `stay` to wait for more work instead of ending without any."""

    def __init__(self, over: Callable[[], bool], *, stay: bool) -> None:
        self._over, self._stay = over, stay
        self._in_turn = InTurn()  # loaded and not yet begun
        self._beginner: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()  # that load, begin and are calls
        self._held: Counter[UUID] = Counter()  # claimed and not yet written, by lease token
        self._deadlines: dict[UUID, Deadline] = {}  # of those
        self._tried = 0
        self._done: list[Result] = []  # not yet written
        self._patience: float | None = None  # set when nothing more will be claimed or sent
        self._stirred, self._news = asyncio.Event(), asyncio.Event()  # to claim, to write
        self._event_loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> int:
        self._event_loop = asyncio.get_running_loop()
        with (
            _DatabaseThread("claim") as self._claims,
            _DatabaseThread("load") as self._loads,
            _DatabaseThread("write") as self._writes,
        ):
            heart = asyncio.create_task(self._renew_leases())
            writer = asyncio.create_task(self._write_results())
            try:
                await self._send_all()
            finally:
                self._patience = time.monotonic() + PATIENCE
                self._news.set()
                await writer
                heart.cancel()
        return self._tried

    def wake(self) -> bool:
        if self._event_loop is None:
            return False
        try:
            self._event_loop.call_soon_threadsafe(self._stirred.set)
        except RuntimeError:  # closed
            return False
        return True

    async def _send_all(self) -> None:
        async with outgoing_http.door() as http:
            try:
                while not self._over():
                    self._stirred.clear()
                    await self._claim(http)
                    if not self._held and not self._stay:
                        break
                    await self._wait()
            finally:
                while self._tasks:
                    await asyncio.wait(self._tasks)

    async def _claim(self, http: Http) -> None:
        """Fill the room. A tenant may hold as much as is free, so one alone gets half of everything, and
        however many fill it up with calls that hang, as much again is free for the next."""
        room = IN_FLIGHT - self._held.total()
        if room <= 0:
            return
        try:
            claims = await _in(self._claims, partial(claim, room, cap=room, lease=LEASE))
        except DatabaseError:
            if not self._stay:
                raise
            log.exception("nothing claimed")
            return
        for one in claims:
            self._held[one.token] += len(one.delivery_ids)
            self._deadlines[one.token] = one.until
        for one in claims:  # who has much does not keep those with little waiting
            if len(one.delivery_ids) > FEW:
                self._run(self._load(one, self._loads, http))
            else:
                await self._load(one, self._claims, http)

    async def _load(self, claimed: Claim, thread: ThreadPoolExecutor, http: Http) -> None:
        loaded = await _in(thread, partial(load, claimed))
        self._tried += len(claimed.delivery_ids)
        self._in_turn.add(loaded.jobs)
        if self._beginner is None or self._beginner.done():
            self._beginner = self._run(self._begin_calls(http))
        for failed in loaded.failed:
            self._note(failed)

    async def _begin_calls(self, http: Http) -> None:
        while jobs := self._in_turn.take(STEP):
            for job in jobs:
                self._run(self._call(job, http))
            await asyncio.sleep(0)

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _wait(self) -> None:
        if self._held.total() > FEW:
            await asyncio.sleep(PACE)
        try:
            async with asyncio.timeout(LOOK_EVERY):
                await self._stirred.wait()
        except TimeoutError:
            pass

    async def _call(self, job: Job, http: Http) -> None:
        started = timezone.now()
        answer = await _send(job, http)
        self._note(Result(job.tenant_id, job.delivery_id, job.token, answer, started, timezone.now()))

    def _note(self, result: Result) -> None:
        self._done.append(result)
        self._news.set()

    async def _write_results(self) -> None:
        """Whatever has come meanwhile, all at once, until nothing more can come."""
        while self._done or self._patience is None:
            await self._news.wait()
            if self._held.total() > FEW:
                await asyncio.sleep(PACE)
            self._news.clear()
            batch, self._done = self._done, []
            late = await _in(self._writes, partial(outcomes.write_all, batch))
            self._held -= Counter(result.token for result in batch) - Counter(r.token for r in late)
            self._deadlines = {token: self._deadlines[token] for token in self._held}
            self._stirred.set()
            if late and not self._given_up():
                self._done = late + self._done
                await asyncio.sleep(AGAIN)
                self._news.set()

    def _given_up(self) -> bool:
        """At the end, before a database that takes nothing: what was sent is found by its lease."""
        return self._patience is not None and time.monotonic() > self._patience

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            deadlines, began = self._deadlines, time.monotonic()
            try:
                await _in(self._claims, partial(_renew, list(deadlines)))
            except Exception:  # the next beat may succeed
                log.exception("leases not renewed")
                continue
            for deadline in deadlines.values():
                deadline.extend(began, LEASE * IN_TIME)


async def _send(job: Job, http: Http) -> str | base.SendError:
    try:
        size = job.outgoing.media.size if job.outgoing.media else 0
        async with asyncio.timeout(DEADLINE + size / UPLOAD_RATE):
            with latest.until(job.until):
                if latest.passed():
                    raise base.Throttled(STOPPED, retry_after=0, code="stopped")
                return await job.platform.send(job.outgoing, job.credentials, http)
    except base.SendError as error:
        return error
    except TimeoutError:
        return base.Unknown("no answer in time")
    except Exception as error:  # a fault of ours: the outcome is not known
        log.exception("delivery %s", job.delivery_id)
        return base.Unknown(f"internal: {type(error).__name__}")


class _DatabaseThread(ThreadPoolExecutor):
    """One thread with a connection of its own, closed at the end."""

    def __init__(self, name: str) -> None:
        super().__init__(1, thread_name_prefix=name)

    def __exit__(self, *error: object) -> None:
        self.submit(connection.close)
        self.shutdown()


async def _in(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    def with_connection() -> T:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(thread, with_connection)


def _renew(tokens: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT queue_renew_leases(%s)", [tokens])

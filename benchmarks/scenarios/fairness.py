"""Small businesses that send now and then, beside a large one with a long queue of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median
from uuid import UUID

import psycopg

from apps.connections.models import Channel
from apps.conversations import hints
from apps.conversations.models import Delivery
from apps.core import tenancy
from benchmarks.harness import backlog, business
from benchmarks.harness.machine import Machine
from benchmarks.harness.provider import Provider
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import percentile
from benchmarks.harness.seeding import SUPERUSER

TITLE = "quiet tenants beside one with a long queue, one worker, an instant provider"
QUIET, QUIET_RATE = 20, 10.0  # tenants, and messages a second of all of them together
BLOCK = 1_000_000  # customers' addresses of one tenant
WAIT_MS, SHARE = 100, 0.9
LASTS = 13.0  # seconds of all windows together, for which 50,000 replies are enough
FULL = 0.1  # of the large queue is left at the end: with less, fewer conversations have anything to send
DONE_SECONDS = 20.0


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    queued, seconds = (2_000, 0.3) if quick else (50_000, LASTS / (2 * rounds))
    provider = Provider(machine)
    large = business.telegram(business.tenant("large"), base_url=provider.url)
    quiet = Quiet(machine.database_url, provider, each=2 + int(seconds * (2 * rounds + 4)))
    machine.start("worker")
    alone = quiet.waits(seconds)
    backlog.fill(large, queued)
    backlog.release(machine.database_url, large)
    hints.deliveries_waiting()
    time.sleep(seconds / 5)  # to come up to speed
    speeds, beside = _windows(provider, quiet, seconds, rounds)
    left = backlog.left(machine.database_url, large)
    if left < queued * FULL:
        raise RuntimeError("the large tenant's queue did not last")
    return _rows(alone, beside, speeds, queued)


class Quiet:
    """QUIET tenants with replies ready, one customer for each, who are let go one after the other."""

    def __init__(self, database_url: str, provider: Provider, *, each: int) -> None:
        self._database_url, self._provider = database_url, provider
        channels = [
            business.telegram(business.tenant(f"quiet-{n}"), base_url=provider.url) for n in range(QUIET)
        ]
        queues = [self._ready(channel, number, each) for number, channel in enumerate(channels, 1)]
        self._next = (item for round_ in zip(*queues, strict=True) for item in round_)
        self._sent: dict[str, float] = {}

    def waits(self, seconds: float) -> list[float]:
        """Let go QUIET_RATE a second for so long; milliseconds from each to its arrival."""
        with self.sending() as sent:
            time.sleep(seconds)
        return self.arrived(sent)

    @contextmanager
    def sending(self) -> Iterator[dict[str, float]]:
        """Let go all the while; the times at which that was, by customer."""
        sent, over = dict[str, float](), threading.Event()
        thread = threading.Thread(target=self._send, args=[sent, over])
        thread.start()
        try:
            yield sent
        finally:
            over.set()
            thread.join()

    def arrived(self, sent: dict[str, float]) -> list[float]:
        """How long each waited, in milliseconds. Raises RuntimeError when one does not arrive."""
        end = time.monotonic() + DONE_SECONDS
        while not sent.keys() <= (there := self._provider.arrivals()).keys():
            if time.monotonic() > end:
                raise RuntimeError(f"{len(sent.keys() - there.keys())} of {len(sent)} did not arrive")
            time.sleep(0.05)
        return [(there[customer] - at) * 1000 for customer, at in sent.items()]

    def _ready(self, channel: Channel, number: int, each: int) -> list[tuple[UUID, str]]:
        backlog.fill(channel, each, conversations=each, first=number * BLOCK)
        assert channel.tenant_id is not None
        with tenancy.scope(channel.tenant_id):
            return list(Delivery.objects.values_list("pk", "conversation__address__value"))

    def _send(self, sent: dict[str, float], over: threading.Event) -> None:
        began = time.monotonic()
        words = "UPDATE conversations_delivery SET due_at = now() WHERE id = %s"
        with psycopg.connect(self._database_url, user=SUPERUSER, autocommit=True) as database:
            for number, (delivery, customer) in enumerate(self._next):
                database.execute(words, [delivery])
                sent[customer] = time.time()
                hints.deliveries_waiting()
                if over.wait(max(0.0, began + (number + 1) / QUIET_RATE - time.monotonic())):
                    return


def _windows(
    provider: Provider, quiet: Quiet, seconds: float, rounds: int
) -> tuple[dict[str, float], list[float]]:
    """The large one's messages per second, alone and beside the quiet ones in turn; and their waits. Neither
    is always the later: the fewer are left in the queue, the slower it gets."""
    speeds: dict[str, list[float]] = {"alone": [], "beside": []}
    sent: dict[str, float] = {}
    for which, _ in zip(cycle(("alone", "beside", "beside", "alone")), range(2 * rounds), strict=False):
        before, began = provider.taken()["messages"], time.monotonic()
        if which == "beside":
            with quiet.sending() as now:
                time.sleep(seconds)
            sent |= now
        else:
            now = {}
            time.sleep(seconds)
        taken = provider.taken()["messages"] - before - len(now)
        speeds[which].append(taken / (time.monotonic() - began))
    return {which: median(found) for which, found in speeds.items()}, quiet.arrived(sent)


def _rows(alone: list[float], beside: list[float], speeds: dict[str, float], queued: int) -> list[Row]:
    wait, share = percentile(beside, 0.95), speeds["beside"] / speeds["alone"]
    label = f"a quiet tenant's wait beside {queued:,} queued, p95"
    return [
        Row(
            "fairness",
            label,
            "ms",
            wait,
            limit=percentile(alone, 0.95),
            goal=f"≤ {WAIT_MS}",
            reached=wait <= WAIT_MS,
            note=f"p50 {percentile(beside, 0.5):.0f} ms; the limit is the same with nobody beside them",
        ),
        Row(
            "fairness",
            "the large tenant beside quiet ones",
            "messages per s",
            speeds["beside"],
            limit=speeds["alone"],
            goal=f"≥ {SHARE} × limit",
            reached=share >= SHARE,
            note=f"{share:.2f} × its speed alone",
        ),
    ]

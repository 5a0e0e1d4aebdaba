"""What the same work costs in a service of one tenant and of a thousand, of ten thousand messages and of a
million. The sizes take turns with every single call, so that what else the machine does hurts all alike."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

from apps.conversations import claim, inbox
from apps.core.ids import new_id
from apps.webhooks.writer import STORE
from benchmarks.harness import backlog, senders
from benchmarks.harness.machine import Machine
from benchmarks.harness.results import Row
from benchmarks.harness.sizes import Service, Size
from benchmarks.scenarios.console import ours, statements

TITLE = "the same work at 1 to 1,000 tenants, at 10,000 to 1,000,000 messages"
BY_TENANTS = {
    False: (Size(1, 10_000), Size(100, 10_000), Size(1_000, 10_000)),
    True: (Size(1, 3_000), Size(10, 3_000), Size(50, 3_000)),
}
BY_MESSAGES = {
    False: (Size(100, 10_000), Size(100, 100_000), Size(100, 1_000_000)),
    True: (Size(10, 3_000), Size(10, 10_000), Size(10, 30_000)),
}
MOST = 1.5
TIMES = 15  # calls of each size in a round
TOGETHER = 20  # webhooks committed together, then received together; replies claimed together

Costs = dict[tuple[str, Size], list[float]]  # seconds


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    tenants, messages = BY_TENANTS[quick], BY_MESSAGES[quick]
    services = [Service(machine, size) for size in dict.fromkeys([*tenants, *messages])]
    workers = [Worker(service) for service in services]
    costs: Costs = {}
    try:
        for round_ in range(3 if quick else TIMES * rounds):
            for worker in workers:
                for name, seconds in worker.work().items():
                    if round_ > 0:  # in the first nothing is warm
                        costs.setdefault((name, worker.service.size), []).append(seconds)
    finally:
        for worker in workers:
            worker.door.close()
            worker.service.drop(machine)
    return [_row(name, sizes, costs) for name in Worker.WORK for sizes in (tenants, messages)]


class Worker:
    """Does one service's work and says how long each part of it took."""

    WORK = ("intake", "receive", "list", "claim")

    def __init__(self, service: Service) -> None:
        self.service = service
        with service.used():
            self._list = ours(service.filled, statements(service.filled)["list, all"])
            given = connection.get_connection_params()
            kept = {name: given[name] for name in given.keys() - {"cursor_factory", "context"}}
        self.door: psycopg.Connection[Any] = psycopg.connect(**kept, autocommit=True)

    def work(self) -> dict[str, float]:
        """Seconds by WORK."""
        with self.service.used():
            intake = _timed(partial(self.door.execute, STORE, self._webhooks(), binary=True))
            receive = _timed(partial(inbox.drain, seconds=60))
            listed = median(_timed(self._list) for _ in range(3))
            return {"intake": intake, "receive": receive, "list": listed, "claim": self._claim()}

    def _webhooks(self) -> list[list[Any]]:
        """What door_store_webhooks is given."""
        channel = self.service.channel
        bodies = list(senders.telegram_bodies(TOGETHER))
        keys = [str(json.loads(body)["update_id"]) for body in bodies]
        same = [channel.pk, channel.credentials_version, "telegram", "", timezone.now(), "", "{}"]
        of, version, platform, address, at, path, headers = ([value] * TOGETHER for value in same)
        ids = [new_id() for _ in bodies]
        return [ids, of, version, platform, address, keys, at, path, headers, bodies]

    def _claim(self) -> float:
        backlog.fill(self.service.channel, TOGETHER)
        self.service.by_hand("UPDATE conversations_delivery SET due_at = now() WHERE state = 'queued'")
        seconds = _timed(partial(claim.claim, TOGETHER, cap=TOGETHER, lease=60.0))
        self.service.by_hand("UPDATE conversations_delivery SET state = 'sent' WHERE state = 'sending'")
        return seconds


def _row(name: str, sizes: Sequence[Size], costs: Costs) -> Row:
    """How much more the largest size costs than the smallest."""
    grows = "messages" if sizes[0].tenants == sizes[-1].tenants else "tenants"
    counts = [getattr(size, grows) for size in sizes]
    taken = [median(costs[name, size]) * 1000 for size in sizes]
    ratio = taken[-1] / taken[0]
    found = ", ".join(f"{count:,}: {cost:.1f} ms" for count, cost in zip(counts, taken, strict=True))
    label = f"{name}, {counts[0]:,} to {counts[-1]:,} {grows}"
    return Row("growth", label, "×", ratio, goal=f"≤ {MOST}", reached=ratio <= MOST, note=found)


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began

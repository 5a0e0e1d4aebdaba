"""From the stored webhook to the message in its routed conversation and in the stream."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

import psycopg

from apps.connections.models import Channel
from apps.conversations import hints
from benchmarks.harness import business, senders, waiting
from benchmarks.harness.machine import Machine
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved
from benchmarks.harness.seeding import SUPERUSER
from benchmarks.limits import commits
from benchmarks.naive.run import Account, Naive

TITLE = "received webhooks to routed messages in the stream, one worker"
PACE_GOAL, NAIVE_GOAL = 400, 10  # messages per second; share
PATIENCE = 120.0  # seconds


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    total = 300 if quick else 3000
    one = [business.telegram(business.tenant("one"))]
    many = [business.telegram(business.tenant(f"t{number}")) for number in range(50)]
    naive = Naive(machine)
    account = naive.connect("telegram", "bench", secret=senders.SECRET)
    machine.start("worker")
    naive.start_worker()
    taken = interleaved(
        {
            "one": partial(_ours, machine, one, total),
            "many": partial(_ours, machine, many, total),
            "naive": partial(_naive, naive, account, total // 3),
            "limit": partial(commits.rate, machine.database_url, total),
        },
        rounds,
    )
    labels = {"one": "1 tenant, 200 customers", "many": "50 tenants, 200 customers"}
    return [_row(label, taken[side], taken) for side, label in labels.items()]


def _row(label: str, ours: float, taken: dict[str, float]) -> Row:
    naive, limit = taken["naive"], taken["limit"]
    reached = ours >= PACE_GOAL and ours >= NAIVE_GOAL * naive
    note = f"{ours / naive:.1f} × naive (two processes), {ours / limit:.2f} × 100-row commits"
    goal = f"≥ {PACE_GOAL}, ≥ {NAIVE_GOAL} × naive"
    return Row("receive", label, "messages per s", ours, naive, limit, goal, reached, note)


def _ours(machine: Machine, channels: list[Channel], total: int) -> float:
    """Messages per second from the moment they wait until the last is handled."""
    waiting.fill(channels, total)
    waiting.release(machine.database_url)
    with waiting.counting(machine.database_url, waiting.LEFT, user=SUPERUSER) as left:
        hints.webhooks_waiting()
        return total / _seconds(lambda: left() == 0)


def _naive(naive: Naive, account: Account, total: int) -> float:
    """The same: the webhooks stored, their tasks in Redis when the clock starts; what is done then is left
    out."""
    numbers = _stored(naive, account, total)
    with waiting.counting(naive.database_url, "SELECT count(*) FROM naive_message") as stored:
        goal = stored() + total
        _queue(naive, numbers)
        left = goal - stored()
        return left / _seconds(lambda: stored() >= goal)


def _seconds(done: Callable[[], bool]) -> float:
    began = time.perf_counter()
    while not done():
        if time.perf_counter() - began > PATIENCE:
            raise RuntimeError("the worker does not get on")
        time.sleep(0.02)
    return time.perf_counter() - began


def _stored(naive: Naive, account: Account, total: int) -> list[int]:
    words = (
        "INSERT INTO naive_webhook (channel_id, event_id, body, received_at, processed) "
        "VALUES (%s, %s, %s, now(), false) RETURNING id"
    )
    numbers = []
    with psycopg.connect(naive.database_url) as database:
        for body in senders.telegram_bodies(total):
            event = str(json.loads(body)["update_id"])
            row = database.execute(words, [account.channel, event, body.decode()]).fetchone()
            assert row is not None
            numbers.append(int(row[0]))
    return numbers


def _queue(naive: Naive, webhooks: list[int]) -> None:
    """Put a task for each into the naive product's broker, in one go."""
    from celery import Celery

    app = Celery("naive", broker=naive.environment["NAIVE_REDIS_URL"])
    with app.producer_or_acquire() as producer:
        for number in webhooks:
            app.send_task("benchmarks.naive.tasks.receive_message", args=[number], producer=producer)

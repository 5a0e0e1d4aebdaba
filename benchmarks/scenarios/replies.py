"""Queued replies to a provider over HTTP: side by side, in order within each conversation."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import psycopg

from apps.connections.models import Channel
from apps.conversations import hints
from benchmarks.harness import backlog, business
from benchmarks.harness.machine import Machine
from benchmarks.harness.provider import Provider
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved
from benchmarks.limits import raw_client
from benchmarks.naive.run import Account, Naive

TITLE = "replies from one worker, 200 conversations on four platforms"
SLOW = 0.2  # seconds that the slow provider takes
CONVERSATIONS = 200
PLATFORMS = (business.telegram, business.apple, business.whatsapp, business.messenger)
BLOCK = 1_000_000  # customers' addresses of one platform
SLOW_GOAL, NAIVE_GOAL, RAW_GOAL = 300, 25, 0.4


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    total = 400 if quick else 4000
    provider = Provider(machine)
    tenant = business.tenant("replies")
    channels = [connect(tenant, base_url=provider.url) for connect in PLATFORMS]
    naive = Naive(machine, provider_url=provider.url)
    account = naive.connect("telegram", "bench", secret="-")
    machine.start("worker")
    naive.start_worker()
    ours = partial(_ours, machine, provider, channels, total)
    theirs = partial(_naive, naive, provider, account)
    taken = interleaved(
        {
            "slow": partial(ours, SLOW),
            "slow naive": partial(theirs, SLOW, 60),
            "instant": partial(ours, 0.0),
            "instant naive": partial(theirs, 0.0, 200),
            "raw": partial(_raw, provider, total),
        },
        rounds,
    )
    return [_slow(taken), _instant(taken)]


def _slow(taken: dict[str, float]) -> Row:
    ours, naive = taken["slow"], taken["slow naive"]
    goal = f"≥ {SLOW_GOAL}, ≥ {NAIVE_GOAL} × naive"
    reached = ours >= SLOW_GOAL and ours >= NAIVE_GOAL * naive
    note = f"{ours / naive:.1f} × naive (two processes); the provider's ceiling is {CONVERSATIONS / SLOW:.0f}"
    label = "a provider that takes 200 ms"
    return Row("replies", label, "messages per s", ours, naive, CONVERSATIONS / SLOW, goal, reached, note)


def _instant(taken: dict[str, float]) -> Row:
    ours, naive, raw = taken["instant"], taken["instant naive"], taken["raw"]
    note = f"{ours / raw:.2f} × the HTTP library in a bare loop, {ours / naive:.1f} × naive"
    reached = ours >= RAW_GOAL * raw
    goal = f"≥ {RAW_GOAL} × limit"
    return Row("replies", "an instant provider", "messages per s", ours, naive, raw, goal, reached, note)


def _ours(
    machine: Machine, provider: Provider, channels: Sequence[Channel], total: int, delay: float
) -> float:
    provider.reset(delay)
    share, talks = total // len(channels), CONVERSATIONS // len(channels)
    for place, channel in enumerate(channels, 1):
        backlog.fill(channel, share, conversations=talks, first=place * BLOCK)
    backlog.release(machine.database_url)
    hints.deliveries_waiting()
    rate = provider.rate_of(total)
    while backlog.left(machine.database_url):
        time.sleep(0.05)
    return rate


def _naive(naive: Naive, provider: Provider, account: Account, delay: float, total: int) -> float:
    """A task for each, all of them in Redis; order is nobody's business there."""
    from celery import Celery

    provider.reset(delay)
    numbers = _stored(naive, account, total)
    app = Celery("naive", broker=naive.environment["NAIVE_REDIS_URL"])
    with app.producer_or_acquire() as producer:
        for number in numbers:
            app.send_task("benchmarks.naive.tasks.send_message", args=[number], producer=producer)
    return provider.rate_of(total, ordered=False)


def _stored(naive: Naive, account: Account, total: int) -> list[int]:
    contact = "INSERT INTO naive_contact (channel_id, address, name) VALUES (%s, %s, '') RETURNING id"
    talk = (
        "INSERT INTO naive_conversation (tenant_id, contact_id, state, last_message_at) "
        "VALUES (%s, %s, 'open', now()) RETURNING id"
    )
    said = (
        "INSERT INTO naive_message (conversation_id, text, direction, state, ref, created_at) "
        "VALUES (%s, %s, 'out', 'queued', '', now()) RETURNING id"
    )
    with psycopg.connect(naive.database_url) as database:
        found = []
        for number in range(total):
            address = f"{time.monotonic_ns()}"
            (one,) = database.execute(contact, [account.channel, address]).fetchone() or (0,)
            (two,) = database.execute(talk, [account.tenant, one]).fetchone() or (0,)
            (three,) = database.execute(said, [two, f"{number} Bonjour"]).fetchone() or (0,)
            found.append(three)
        return found


def _raw(provider: Provider, total: int) -> float:
    provider.reset(0.0)
    return raw_client.rate(f"{provider.url}/send", total)

"""Redis, the worker, beat, and whether what is due gets done."""

from __future__ import annotations

import time
from typing import Any

from celery import current_app
from django.conf import settings
from redis import Redis

from apps.backoffice.doctor.finding import Check, Finding, bad, good, is_local, warning
from apps.backoffice.figures import LATE, queues

ANSWER = 2.0  # seconds for a worker to answer
PATIENCE = 12.0  # seconds; beat sends this task every five, and nobody else does
PERIODIC = "conversations.housekeeping"


def redis_reachable() -> Finding:
    if not settings.REDIS_URL:
        return bad("REDIS_URL is not set", fix="set it; without Redis everything waits for the next poll")
    version = _info("server")["redis_version"]
    return good(f"Redis {version}")


def redis_policy() -> Finding:
    if not settings.REDIS_URL:
        return bad("unknown without REDIS_URL", fix="set it")
    policy = _info("memory")["maxmemory_policy"]
    if policy != "noeviction":
        return bad(policy, fix="set maxmemory-policy noeviction: an evicting Redis loses hints silently")
    return good(policy)


def worker() -> Finding:
    answers = current_app.control.ping(timeout=ANSWER) if settings.REDIS_URL else []
    if not answers:
        return bad("no worker answers", fix="start the worker of the Procfile; see its log")
    return good(f"{len(answers)} answering")


def beat() -> Finding:
    """Heard when a task that only beat sends is taken by a worker while we listen."""
    end = time.monotonic() + PATIENCE
    first = _periodic_tasks()
    while first is not None and time.monotonic() < end:
        time.sleep(0.5)
        if (_periodic_tasks() or 0) > first:
            return good("heard just now")
    if first is None:
        return bad("cannot be heard without a worker", fix="start the worker first")
    return bad(f"not heard for {PATIENCE:.0f} s", fix="start one beat of the Procfile: it finds lost hints")


def queue_ages() -> Finding:
    late = [queue for queue in queues() if queue.late]
    if late:
        words = ", ".join(f"{q.name}: {q.rows} due, oldest {q.oldest_seconds:.0f} s" for q in late)
        return bad(words, fix="is a worker running? /admin/ shows the queues and dead letters")
    return good(f"nothing waits longer than {LATE:.0f} s")


def sandbox() -> Finding:
    if settings.SANDBOX and not is_local():
        return warning("simulated platforms are on", fix="set SANDBOX=false unless you want them")
    return good("on" if settings.SANDBOX else "off")


def _info(section: str) -> dict[str, Any]:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
        found: dict[str, Any] = redis.info(section)
        return found


def _periodic_tasks() -> int | None:
    """How many of beat's own tasks the workers have taken; None when none answers."""
    stats = current_app.control.inspect(timeout=ANSWER).stats() if settings.REDIS_URL else None
    if not stats:
        return None
    return sum(worker["total"].get(PERIODIC, 0) for worker in stats.values())


CHECKS = [
    Check("redis", redis_reachable),
    Check("redis policy", redis_policy),
    Check("worker", worker),
    Check("beat", beat),
    Check("queues", queue_ages),
    Check("sandbox", sandbox),
]

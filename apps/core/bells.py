"""Bells between processes, over Redis: a ring wakes one of those who wait for it, rings that nobody has heard
yet are one. A ring may be lost (invariant I4): whoever waits looks from time to time in any case.

Why not a task of Celery's: docs/decisions/0013.
"""

from __future__ import annotations

import logging
import threading
import time
from functools import cache

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

KEEP_SECONDS = 10  # of a ring that nobody hears
ANSWER_SECONDS = 0.5  # for Redis, beyond what is waited for


def ring(name: str) -> None:
    """Wake one who waits for this bell, now or within KEEP_SECONDS. Raises RedisError; without Redis nothing
    happens."""
    if not settings.REDIS_URL:
        return
    with _redis(ANSWER_SECONDS).pipeline(transaction=False) as commands:
        commands.lpush(_key(name), 1)
        commands.ltrim(_key(name), 0, 0)
        commands.expire(_key(name), KEEP_SECONDS)
        commands.execute()


class Bell:
    """For one waiting thread."""

    def __init__(self, name: str, stopping: threading.Event) -> None:
        self._name, self._stopping = name, stopping
        self._complained = False

    def wait(self, seconds: float) -> None:
        """Return when it rings, after `seconds` at the latest. What is heard while `stopping` is set is left
        to another. Raises nothing."""
        end = time.monotonic() + seconds
        try:
            if self._heard(seconds):
                if self._stopping.is_set():
                    ring(self._name)
                return
            self._complained = False
        except RedisError as error:
            self._complain(error)
        self._stopping.wait(max(0.0, end - time.monotonic()))

    def _heard(self, seconds: float) -> bool:
        if not settings.REDIS_URL:
            return False
        return _redis(seconds + ANSWER_SECONDS).blpop([_key(self._name)], timeout=seconds) is not None

    def _complain(self, error: RedisError) -> None:
        """Once per outage."""
        if not self._complained:
            log.warning("bell %s not heard: %s", self._name, type(error).__name__)
        self._complained = True


@cache
def _redis(seconds: float) -> Redis:
    """`seconds` for an answer; nothing is tried twice."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(
        settings.REDIS_URL, socket_timeout=seconds, socket_connect_timeout=ANSWER_SECONDS, retry=once
    )


def _key(name: str) -> str:
    return f"comptoir:bell:{name}"

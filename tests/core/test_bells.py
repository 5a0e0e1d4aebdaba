"""A bell wakes one who waits, is kept for a moment, and is never needed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.conf import LazySettings, settings
from redis import Redis

from apps.core import bells
from apps.core.bells import Bell

LONG = 20.0  # seconds; whoever waits so long was not woken


@pytest.fixture
def name() -> str:
    """A bell that nobody else rings."""
    return f"test-{time.monotonic_ns()}"


def waiting(name: str, heard: list[str], stopping: threading.Event) -> threading.Thread:
    def wait() -> None:
        Bell(name, stopping).wait(LONG)
        heard.append(name)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_it_wakes_one_of_those_who_wait(name: str) -> None:
    heard: list[str] = []
    threads = [waiting(name, heard, threading.Event()) for _ in range(2)]
    with Redis.from_url(settings.REDIS_URL) as redis:
        bells.ring(name)
        until(lambda: len(heard) == 1)
        assert redis.exists(f"comptoir:bell:{name}") == 0
        bells.ring(name)
    for thread in threads:
        thread.join(LONG)
    assert heard == [name, name]


def test_rings_that_nobody_has_heard_are_one_and_do_not_stay(name: str) -> None:
    for _ in range(5):
        bells.ring(name)
    with Redis.from_url(settings.REDIS_URL) as redis:
        assert redis.llen(f"comptoir:bell:{name}") == 1
        assert 0 < redis.ttl(f"comptoir:bell:{name}") <= bells.KEEP_SECONDS


def test_who_is_stopping_leaves_it_to_another(name: str) -> None:
    stopping = threading.Event()
    stopping.set()
    bells.ring(name)
    Bell(name, stopping).wait(LONG)
    with Redis.from_url(settings.REDIS_URL) as redis:
        assert redis.llen(f"comptoir:bell:{name}") == 1


def test_without_redis_one_waits_the_time(name: str, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1"
    bells._redis.cache_clear()
    began = time.monotonic()
    try:
        Bell(name, threading.Event()).wait(0.2)
        assert time.monotonic() - began >= 0.2
        settings.REDIS_URL = ""
        bells.ring(name)
        Bell(name, threading.Event()).wait(0.2)
        assert time.monotonic() - began >= 0.4
    finally:
        bells._redis.cache_clear()


def until(there: Callable[[], bool]) -> None:
    end = time.monotonic() + LONG
    while not there():
        assert time.monotonic() < end, "nobody was woken"
        time.sleep(0.01)

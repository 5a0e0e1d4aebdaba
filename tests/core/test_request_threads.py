"""So many requests are at work at once, in the order in which they came; threads and connections are kept."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from apps.core.request_threads import AT_WORK, Threads

SOON = 10.0  # seconds
NEVER = 3600.0
_said: ContextVar[str] = ContextVar("said", default="")


class Work:
    """Each piece notes its thread and holds on until it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.threads: set[threading.Thread] = set()
        self._go = threading.Event()

    def piece(self, name: str) -> str:
        self.begun.append(name)
        self.threads.add(threading.current_thread())
        assert self._go.wait(SOON)
        return name

    def let_go(self) -> None:
        self._go.set()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.01)


def test_one_request_after_the_other_has_the_same_thread() -> None:
    async def ask() -> set[threading.Thread]:
        threads = Threads()
        return {await threads.run(threading.current_thread) for _ in range(5)}

    assert len(asyncio.run(ask())) == 1


def test_as_many_as_have_a_place_begin_and_the_others_in_their_order() -> None:
    async def ask() -> Work:
        threads, work = Threads(at_work=2, patience=NEVER), Work()
        asked = [asyncio.create_task(threads.run(work.piece, name)) for name in "abcde"]
        await until(lambda: len(work.begun) == 2)
        await asyncio.sleep(0.1)
        assert sorted(work.begun) == ["a", "b"]
        work.let_go()
        assert await asyncio.gather(*asked) == list("abcde")
        return work

    work = asyncio.run(ask())
    assert len(work.threads) == 2
    assert sorted(work.begun) == list("abcde")


def test_who_takes_long_gives_the_place_away_and_keeps_the_thread() -> None:
    async def ask() -> Work:
        threads, work = Threads(at_work=1, patience=0.05), Work()
        asked = [asyncio.create_task(threads.run(work.piece, name)) for name in "abc"]
        await until(lambda: work.begun == ["a", "b", "c"])
        work.let_go()
        await asyncio.gather(*asked)
        assert await threads.run(str, "d") == "d"
        assert threads._places == 1
        return work

    assert len(asyncio.run(ask()).threads) == 3


def test_who_left_while_waiting_is_never_begun() -> None:
    async def ask() -> list[str]:
        threads, work = Threads(at_work=1, patience=NEVER), Work()
        first, left, last = (asyncio.create_task(threads.run(work.piece, name)) for name in "abc")
        await until(lambda: work.begun == ["a"])
        left.cancel()
        work.let_go()
        assert await asyncio.gather(first, last) == ["a", "c"]
        assert threads._places == 1
        return work.begun

    assert asyncio.run(ask()) == ["a", "c"]


def test_who_left_at_the_moment_of_their_turn_gives_it_on() -> None:
    async def ask() -> None:
        threads = Threads(at_work=1, patience=NEVER)
        threads._places = 0
        left, last = (asyncio.create_task(threads.run(str, name)) for name in "ab")
        await asyncio.sleep(0)
        threads._free()
        left.cancel()
        assert await asyncio.wait_for(last, SOON) == "b"

    asyncio.run(ask())


def test_who_left_during_the_work_leaves_the_place_when_it_is_done() -> None:
    async def ask() -> None:
        threads, work = Threads(at_work=1, patience=NEVER), Work()
        left = asyncio.create_task(threads.run(work.piece, "a"))
        await until(lambda: work.begun == ["a"])
        left.cancel()
        await asyncio.wait([left])
        after = asyncio.create_task(threads.run(str, "b"))
        await asyncio.sleep(0.1)
        assert not after.done()
        work.let_go()
        assert await asyncio.wait_for(after, SOON) == "b"

    asyncio.run(ask())


def test_an_exception_is_the_askers_and_the_place_is_free_again() -> None:
    async def ask() -> None:
        threads = Threads(at_work=1)
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0)
        assert await threads.run(str, "b") == "b"

    asyncio.run(ask())


def test_it_runs_in_a_copy_of_the_askers_context() -> None:
    def say(word: str) -> str:
        before = _said.get()
        _said.set(word)
        return before

    async def ask() -> list[str]:
        threads = Threads(at_work=1)
        _said.set("asked")
        return [await threads.run(say, "one"), await threads.run(say, "two"), _said.get()]

    assert asyncio.run(ask()) == ["asked", "asked", "asked"]


def test_threads_beyond_those_that_can_be_at_work_end() -> None:
    async def ask() -> Work:
        threads, work = Threads(patience=0.01), Work()
        asked = [asyncio.create_task(threads.run(work.piece, str(name))) for name in range(AT_WORK + 3)]
        await until(lambda: len(work.threads) == AT_WORK + 3)
        work.let_go()
        await asyncio.gather(*asked)
        await until(lambda: sum(thread.is_alive() for thread in work.threads) == AT_WORK)
        return work

    asyncio.run(ask())

"""Requests share threads, and with them connections; what is more than are kept ends."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from apps.core.request_threads import KEPT, KeepThreads


class Asked:
    """An application that notes the thread of each request, and waits for `together` of them."""

    def __init__(self, together: int = 1) -> None:
        self.threads: list[threading.Thread] = []
        self._barrier = threading.Barrier(together)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await sync_to_async(self._note)()
        if scope == "breaks":
            raise ConnectionError

    def _note(self) -> None:
        self.threads.append(threading.current_thread())
        self._barrier.wait(10)


def test_one_request_after_the_other_has_the_same_thread() -> None:
    async def ask() -> list[threading.Thread]:
        asked = Asked()
        door = KeepThreads(asked)
        for _ in range(3):
            await door(None, None, None)
        return asked.threads

    assert len(set(asyncio.run(ask()))) == 1


def test_threads_beyond_those_kept_end() -> None:
    async def ask() -> list[threading.Thread]:
        asked = Asked(together=KEPT + 3)
        door = KeepThreads(asked)
        await asyncio.gather(*(door(None, None, None) for _ in range(KEPT + 3)))
        ended = [thread for thread in asked.threads if thread not in _of(door)]
        for thread in ended:
            thread.join(10)
        assert not any(thread.is_alive() for thread in ended)
        return asked.threads

    assert len(set(asyncio.run(ask()))) == KEPT + 3


def test_the_thread_of_a_request_that_broke_is_not_used_again() -> None:
    async def ask() -> list[threading.Thread]:
        asked = Asked()
        door = KeepThreads(asked)
        with pytest.raises(ConnectionError):
            await door("breaks", None, None)
        await door(None, None, None)
        return asked.threads

    first, second = asyncio.run(ask())
    assert first is not second


def _of(door: KeepThreads) -> set[threading.Thread]:
    return {thread for executor in door._idle for thread in executor._threads}  # type: ignore[attr-defined]

"""Breaks things, one after the other, by a seed. Every fault heals what it broke before the next one comes.

A fault is a coroutine on the stack; GROUP says what it keeps from answering, so that the checker knows what
may be blamed on it. The provider's weather changes beside them.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import redis.asyncio as redis

from tests.chaos.history import History
from tests.chaos.provider.weather import CALM, CLEAR
from tests.chaos.proxy import Proxy
from tests.chaos.stack import WORKERS, Stack
from tests.chaos.workload import Workload

Fault = Callable[["Nemesis"], Awaitable[None]]
STORMS = (
    {"lost": 0.25, "slow": 0.05},
    {"slow": 0.6},
    {"throttled": 0.1, "slow": 0.05},
    {"hang": 0.02, "lost": 0.05},
    CALM,
)
FILLER = 200  # keys of 20 kB, more than an evicting Redis may keep


class Nemesis:
    """`only` names the faults to choose from; all of them when empty."""

    def __init__(
        self, stack: Stack, workload: Workload, history: History, seed: int, *, only: Sequence[str] = ()
    ) -> None:
        self.stack, self.workload, self.history = stack, workload, history
        self.names = sorted(only or FAULTS)
        self.choose = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.doing = ""

    async def rage(self, pause: float, seconds: float, *, spread: float) -> None:
        """Faults for so long, `pause` seconds apart give or take `spread` of it; every kind before any comes
        again."""
        left: list[str] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not left:
                left = self.choose.sample(self.names, len(self.names))
            await self.strike(left.pop())
            await asyncio.sleep(self.choose.uniform(1 - spread, 1 + spread) * pause)
        self.doing = ""
        await self.stack.weather(CLEAR)

    async def strike(self, name: str) -> None:
        group, fault = FAULTS[name]
        self.doing = name
        began = time.time()
        await fault(self)
        self.done[name] += 1
        self.history.note("fault", name=name, group=group, began=began, ended=time.time())

    async def restart(self, name: str) -> None:
        await self.stack.kill(name)
        await asyncio.sleep(self.choose.uniform(0, 1))
        await self.stack.begin(name)

    async def freeze(self, name: str, seconds: float) -> None:
        self.stack.signal(name, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self.stack.signal(name, signal.SIGCONT)

    def redis(self) -> redis.Redis:
        """Past the proxy."""
        return redis.Redis(port=self.stack.redis.port, password=self.stack.redis.password)


async def _kill_web(nemesis: Nemesis) -> None:
    await nemesis.restart(nemesis.choose.choice(list(nemesis.stack.listening)))
    await nemesis.stack.ready()


async def _kill_worker(nemesis: Nemesis) -> None:
    await nemesis.restart(nemesis.choose.choice(WORKERS))


async def _kill_workers(nemesis: Nemesis) -> None:
    await asyncio.gather(*(nemesis.restart(name) for name in WORKERS))


async def _kill_beat(nemesis: Nemesis) -> None:
    await nemesis.restart("beat")


async def _freeze_worker(nemesis: Nemesis) -> None:
    """Past its lease: it wakes up with answers that are no longer its own to write."""
    await nemesis.freeze(nemesis.choose.choice(WORKERS), nemesis.stack.lease + 2.5)


async def _freeze_web(nemesis: Nemesis) -> None:
    name = nemesis.choose.choice(list(nemesis.stack.listening))
    await nemesis.freeze(name, nemesis.choose.uniform(0.5, 2))


async def _empty_redis(nemesis: Nemesis) -> None:
    async with nemesis.redis() as server:
        await server.flushall()


async def _stop_redis(nemesis: Nemesis) -> None:
    """Away for a while, then empty."""
    stack = nemesis.stack
    await stack.block(stack.redis.stop)
    await asyncio.sleep(nemesis.choose.uniform(1, 4))
    shutil.rmtree(stack.redis.folder / "appendonlydir", ignore_errors=True)
    await stack.block(stack.redis.start)


async def _evict(nemesis: Nemesis) -> None:
    """As a cache that somebody shares: the oldest keys go, hints and group names among them."""
    async with nemesis.redis() as server:
        await server.config_set("maxmemory-policy", "allkeys-lru")
        await server.config_set("maxmemory", "3mb")
        for number in range(FILLER):
            with suppress(redis.ResponseError):  # nothing left to evict
                await server.set(f"filler{number}", "x" * 20_000)
        await asyncio.sleep(nemesis.choose.uniform(0.5, 2))
        await server.config_set("maxmemory", "0")
        await server.config_set("maxmemory-policy", "noeviction")
        await server.delete(*(f"filler{number}" for number in range(FILLER)))


async def _hide_redis(nemesis: Nemesis) -> None:
    """Packets vanish: nothing is refused, nothing is answered."""
    wire = nemesis.stack.proxies["redis"]
    wire.hold = 30.0
    await asyncio.sleep(nemesis.choose.uniform(1, 3))
    wire.hold = 0.0
    wire.cut()


async def _crash_database(nemesis: Nemesis) -> None:
    """`pg_ctl stop -m immediate`, then a start, which recovers from the log."""
    stack = nemesis.stack
    process = stack.postgres.process
    if process is None:
        raise RuntimeError("there is no database to stop")
    process.send_signal(signal.SIGQUIT)
    await stack.block(process.wait)
    await asyncio.sleep(nemesis.choose.uniform(0, 1.5))
    await stack.block(stack.postgres.start)


async def _cut_database(nemesis: Nemesis) -> None:
    nemesis.stack.proxies["database"].cut()


async def _slow_database(nemesis: Nemesis) -> None:
    wire = nemesis.stack.proxies["database"]
    wire.hold = nemesis.choose.uniform(0.02, 0.1)
    await asyncio.sleep(2)
    wire.hold = 0.0


async def _cut_provider(nemesis: Nemesis) -> None:
    for wire in _providers(nemesis):
        wire.cut()


async def _refuse_provider(nemesis: Nemesis) -> None:
    for wire in _providers(nemesis):
        wire.refusing = True
        wire.cut()
    await asyncio.sleep(nemesis.choose.uniform(0.1, 0.6))
    for wire in _providers(nemesis):
        wire.refusing = False


def _providers(nemesis: Nemesis) -> tuple[Proxy, Proxy]:
    return nemesis.stack.proxies["provider"], nemesis.stack.proxies["mail"]


async def _change_weather(nemesis: Nemesis) -> None:
    await nemesis.stack.weather(nemesis.choose.choice(STORMS))


async def _repeat_webhooks(nemesis: Nemesis) -> None:
    await nemesis.workload.platform.repeat(40, nemesis.choose)


async def _cut_sockets(nemesis: Nemesis) -> None:
    cuts = [watcher.cut for watcher in nemesis.workload.watchers]
    cuts += [visitor.cut for visitor in nemesis.workload.visitors]
    for cut in cuts:
        if nemesis.choose.random() < 0.7:
            cut()


FAULTS: dict[str, tuple[str, Fault]] = {
    "web killed": ("web", _kill_web),
    "web stopped for a moment": ("web", _freeze_web),
    "a worker killed": ("worker", _kill_worker),
    "both workers killed": ("worker", _kill_workers),
    "a worker stopped past its lease": ("worker", _freeze_worker),
    "beat killed": ("worker", _kill_beat),
    "Redis emptied": ("redis", _empty_redis),
    "Redis stopped, started empty": ("redis", _stop_redis),
    "Redis evicting": ("redis", _evict),
    "Redis not answering": ("redis", _hide_redis),
    "PostgreSQL stopped immediately": ("database", _crash_database),
    "connections to PostgreSQL cut": ("database", _cut_database),
    "PostgreSQL far away": ("database", _slow_database),
    "connections to the providers cut": ("provider", _cut_provider),
    "providers refuse": ("provider", _refuse_provider),
    "the providers' weather": ("provider", _change_weather),
    "the providers' weather again": ("provider", _change_weather),
    "webhooks repeated": ("customers", _repeat_webhooks),
    "sockets cut": ("sockets", _cut_sockets),
}

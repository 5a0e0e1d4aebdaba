"""One message and many agents who see it: from durable to the last page's frame, beside a bare loop."""

from __future__ import annotations

import asyncio
import time
from statistics import median

from benchmarks.harness.crowd import Crowd
from benchmarks.harness.machine import Machine, free_port
from benchmarks.harness.office import Office, open_office
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import percentile

TITLE = "one message to 200 and 1,000 agents' sockets, beside a bare ASGI loop"
SHARE, LATE_MS = 0.5, 150
CUSTOMERS = 20
ACCESS = "--ping-interval 20 --ping-timeout 30 --verbosity 0 -b 127.0.0.1"


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    sizes = (10, 20) if quick else (200, 1000)
    office = open_office("fanout", agents=max(sizes))
    port = free_port()
    machine.start("web")
    bare = f"daphne {ACCESS} -p {port} benchmarks.limits.bare_sockets:application"
    machine.start("bare", bare, ready=f"http://localhost:{port}/")
    return asyncio.run(_measure(machine, office, port, sizes=sizes, times=rounds * (2 if quick else 10)))


async def _measure(
    machine: Machine, office: Office, port: int, *, sizes: tuple[int, ...], times: int
) -> list[Row]:
    rows: list[Row] = []
    stage = Stage(machine, office, port)
    for size in sizes:
        await stage.seat(size)
        rows.append(await _race(stage, size, times))
        if size == sizes[0]:
            rows.append(await _steady(stage, size, seconds=times))
    stage.close()
    return rows


class Stage:
    """The same number of ears at our service and at the bare loop; `mark` numbers what is said."""

    def __init__(self, machine: Machine, office: Office, port: int) -> None:
        self.machine, self.office = machine, office
        self.ours = Crowd(f"{machine.base_url}{office.socket}", origin=machine.base_url)
        self.bare = Crowd(f"http://localhost:{port}/", origin=machine.base_url)
        self.mark = 0

    async def seat(self, size: int) -> None:
        """Have `size` ears on both sides; they have all heard something already."""
        new = self.office.cookies[len(self.ours.ears) : size]
        await self.bare.open([""] * len(new))
        await self.ours.enter(new, await asyncio.to_thread(self.office.head))
        for _ in range(3):
            await self.our_turn()
        for _ in range(3):
            await self.bare_turn()

    async def say(self) -> float:
        """A message; when it was durable."""
        self.mark += 1
        customer = str(1000 + self.mark % CUSTOMERS)
        await asyncio.to_thread(self.office.hear, f"mark-{self.mark}-", customer=customer)
        return time.perf_counter()

    async def our_turn(self) -> float:
        """Seconds until everybody has it."""
        return await self._until_heard(self.ours, await self.say())

    async def bare_turn(self) -> float:
        """The same frame, said by one ear."""
        self.mark += 1
        frame = self.ours.sample.decode().replace("mark-", f"mark-{self.mark}-, was-")
        self.bare.ears[0].say(frame)
        return await self._until_heard(self.bare, time.perf_counter())

    async def _until_heard(self, crowd: Crowd, began: float) -> float:
        return await crowd.all_heard(self.mark) - began

    def close(self) -> None:
        self.ours.close()
        self.bare.close()


async def _race(stage: Stage, size: int, times: int) -> Row:
    ours, bare = [], []
    before = {name: stage.machine.cpu_seconds(name) for name in ("web", "bare")}
    for _ in range(times):
        ours.append(await stage.our_turn())
        bare.append(await stage.bare_turn())
    spent = {name: (stage.machine.cpu_seconds(name) - was) / times for name, was in before.items()}
    ours_rate, bare_rate = size / median(ours), size / median(bare)
    note = f"{median(ours) * 1000:.0f} ms and {median(bare) * 1000:.0f} ms for all"
    note += f"; processor {spent['web'] * 1000:.0f} and {spent['bare'] * 1000:.0f} ms"
    return Row(
        "fanout",
        f"one message, {size} agents",
        "sockets/s",
        ours_rate,
        limit=bare_rate,
        goal=f"≥ {SHARE} × limit",
        reached=ours_rate >= SHARE * bare_rate,
        note=note,
    )


async def _steady(stage: Stage, size: int, *, seconds: float, rate: float = 10.0) -> Row:
    """Every socket's delay at `rate` messages a second."""
    said: dict[int, float] = {}
    began = time.perf_counter()
    for number in range(int(seconds * rate)):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        at = await stage.say()
        said[stage.mark] = at
    await stage.ours.all_heard(stage.mark)
    await asyncio.sleep(0.5)
    delays = [(at - when) * 1000 for mark, when in said.items() for at in stage.ours.at[mark]]
    late = percentile(delays, 0.99)
    note = f"p50 {percentile(delays, 0.5):.0f} ms, {len(delays)} frames"
    return Row(
        "fanout",
        f"p99 at {rate:.0f} messages/s, {size} agents",
        "ms",
        late,
        goal=f"≤ {LATE_MS}",
        reached=late <= LATE_MS and len(delays) == size * len(said),
        note=note,
    )

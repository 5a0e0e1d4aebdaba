"""What open pages cost when nothing happens, and when all of them come back at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from benchmarks.harness.crowd import Crowd
from benchmarks.harness.machine import Machine
from benchmarks.harness.office import Office, open_office
from benchmarks.harness.results import Row

TITLE = "memory of 1,000 idle sockets; pages that resume with 500 missed events"
MEMORY_MB, REPLAY_MS = 60, 1000
CUSTOMERS = 20
SETTLE_SECONDS = 5.0


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    many, some, missed = (20, 5, 10) if quick else (1000, 200, 500)
    office = open_office("sockets", agents=many)
    machine.start("web")
    return asyncio.run(_measure(machine, office, many=many, some=some, missed=missed))


async def _measure(machine: Machine, office: Office, *, many: int, some: int, missed: int) -> list[Row]:
    first = await _resume(machine, office, office.cookies[:1], cursor=await asyncio.to_thread(office.head))
    cursor = await asyncio.to_thread(office.head)
    await asyncio.to_thread(_talk, office, missed)
    alone = await _resume(machine, office, office.cookies[:1], cursor=cursor)
    spent = machine.cpu_seconds("web")
    together = await _resume(machine, office, office.cookies[:some], cursor=cursor)
    spent = (machine.cpu_seconds("web") - spent) / some
    memory = await _memory(machine, office, many)
    note = f"an empty resume takes {first * 1000:.0f} ms"
    return [
        memory,
        _row(f"one page resumes with {missed} messages missed", alone, note),
        Row(
            "sockets",
            f"{some} such pages at once, processor for each",
            "ms",
            spent * 1000,
            note=f"{together:.1f} s until the last is live",
        ),
    ]


def _talk(office: Office, messages: int) -> None:
    for number in range(messages):
        office.hear(f"mark-{number}-", customer=str(number % CUSTOMERS))


async def _resume(machine: Machine, office: Office, cookies: Sequence[str], *, cursor: int) -> float:
    """Seconds from the first handshake to the last "ready"."""
    crowd = Crowd(f"{machine.base_url}{office.socket}", origin=machine.base_url)
    began = time.perf_counter()
    await crowd.enter(cookies, cursor)
    taken = time.perf_counter() - began
    crowd.close()
    return taken


async def _memory(machine: Machine, office: Office, many: int) -> Row:
    await asyncio.sleep(SETTLE_SECONDS)
    before = machine.pss("web")
    crowd = Crowd(f"{machine.base_url}{office.socket}", origin=machine.base_url)
    await crowd.enter(office.cookies[:many], await asyncio.to_thread(office.head))
    await asyncio.sleep(SETTLE_SECONDS)
    more = (machine.pss("web") - before) / 1e6
    crowd.close()
    goal, reached = f"≤ {MEMORY_MB}", more <= MEMORY_MB
    return Row(
        "sockets", f"{many} idle sockets, web process", "MB more PSS", more, goal=goal, reached=reached
    )


def _row(what: str, seconds: float, note: str) -> Row:
    found = seconds * 1000
    return Row("sockets", what, "ms", found, goal=f"≤ {REPLAY_MS}", reached=found <= REPLAY_MS, note=note)

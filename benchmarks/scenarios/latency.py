"""A customer's message from Telegram's signed request to the frame on an agent's socket, hop by hop real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

import aiohttp

from benchmarks.harness.crowd import Crowd
from benchmarks.harness.machine import Machine
from benchmarks.harness.office import SECRET, Office, open_office
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import percentile

TITLE = "from a platform's webhook to the frame on an agent's socket"
CUSTOMERS = 200
SLOW_RATE = 20.0  # messages a second
MEDIAN_MS, LATE_MS, LATE_HALF_MS = 25, 80, 250
CONNECTIONS = 8


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    office = open_office("latency", agents=1)
    machine.start("web")
    machine.start("worker")
    return asyncio.run(_measure(machine, office, seconds=2 if quick else 5 * rounds))


async def _measure(machine: Machine, office: Office, *, seconds: float) -> list[Row]:
    crowd = Crowd(f"{machine.base_url}{office.socket}", origin=machine.base_url)
    await crowd.enter(office.cookies, await asyncio.to_thread(office.head))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as session:
        line = Line(session, office, crowd)
        await line.at_rate(SLOW_RATE, count=CUSTOMERS)  # everybody has written, everything is warm
        slow = await line.at_rate(SLOW_RATE, count=int(SLOW_RATE * seconds))
        most = await line.at_once(count=int(100 * seconds))
        half = await line.at_rate(most / 2, count=int(most / 2 * seconds))
    crowd.close()
    return [
        _row("20 messages/s, p50", percentile(slow, 0.5), MEDIAN_MS),
        _row("20 messages/s, p99", percentile(slow, 0.99), LATE_MS),
        _row(f"half load, {most / 2:.0f} messages/s, p99", percentile(half, 0.99), LATE_HALF_MS),
    ]


class Line:
    """Telegram's side: posts updates and knows when each was posted."""

    def __init__(self, session: aiohttp.ClientSession, office: Office, crowd: Crowd) -> None:
        self.session, self.office, self.crowd = session, office, crowd
        self.posted: dict[int, float] = {}

    async def at_rate(self, rate: float, *, count: int) -> list[float]:
        """Milliseconds from the request to the frame, of `count` messages; those of a row that was
        overwritten before it was shown are left out."""
        began, posts, first = time.perf_counter(), [], len(self.posted) + 1
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            posts.append(asyncio.create_task(self.post()))
        await asyncio.gather(*posts)
        await self.crowd.all_heard(len(self.posted))
        return self._delays(range(first, first + count))

    async def at_once(self, *, count: int) -> float:
        """Messages a second when CONNECTIONS post as fast as they are answered, up to the last frame."""
        began, first = time.perf_counter(), len(self.posted)
        goal = first + count

        async def keep_posting() -> None:
            while len(self.posted) < goal:
                await self.post()

        await asyncio.gather(*(keep_posting() for _ in range(CONNECTIONS)))
        return count / (await self.crowd.all_heard(goal) - began)

    async def post(self) -> None:
        number = len(self.posted) + 1
        self.posted[number] = time.perf_counter()
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with self.session.post(self.office.hook, json=_update(number), headers=headers) as answer:
            if answer.status != 200:
                raise RuntimeError(f"the webhook answers {answer.status}")

    def _delays(self, numbers: Iterable[int]) -> list[float]:
        heard = self.crowd.at
        return [(heard[n][0] - self.posted[n]) * 1000 for n in numbers if heard[n]]


def _update(number: int) -> dict[str, object]:
    customer = 1000 + number % CUSTOMERS
    person = {"id": customer, "is_bot": False, "first_name": f"Ana {customer}", "language_code": "fr"}
    chat = {"id": customer, "type": "private", "first_name": f"Ana {customer}"}
    said = {"message_id": number, "date": int(time.time()), "chat": chat, "from": person}
    return {"update_id": number, "message": {**said, "text": f"mark-{number}-"}}


def _row(what: str, found: float, most: float) -> Row:
    return Row("latency", what, "ms", found, goal=f"≤ {most}", reached=found <= most)

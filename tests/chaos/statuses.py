"""What platforms tell later of the messages they accepted: delivered, read; some of it twice, in any order.

Follows the provider's log, so also what was accepted without an answer is told, and that settles it where the
platform brings our own id back (class R). A little is never told.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable
from pathlib import Path

from tests.chaos import dialects
from tests.chaos.customers import AGAIN_SECONDS, Platform
from tests.chaos.dialects.contract import Account, Hook, Taken
from tests.chaos.history import Event, History

LOOK_SECONDS = 0.2
SOON = 2.0  # seconds within which most is told
LATE = (4.0, 8.0)
NEVER, MUCH_LATER, TWICE = 0.02, 0.03, 0.2  # shares of messages, and of statuses


class Statuses:
    """`untold` is how many statuses are still on their way."""

    def __init__(
        self, platform: Platform, accounts: Iterable[Account], log: Path, history: History, seed: int
    ) -> None:
        self.platform, self.history, self._log = platform, history, log
        self.accounts = {account.name: account for account in accounts}
        self.untold = 0
        self._read = 0
        self._choose = random.Random(f"{seed} statuses")

    async def tell(self, stopping: asyncio.Event) -> None:
        """Until told to stop; then what is still on its way is dropped."""
        async with asyncio.TaskGroup() as tasks:
            telling: set[asyncio.Task[None]] = set()
            while not stopping.is_set():
                for row in self._news():
                    for state, wait in self._plan(row):
                        task = tasks.create_task(self._tell_later(row, state, wait))
                        telling.add(task)
                        task.add_done_callback(telling.discard)
                await asyncio.sleep(LOOK_SECONDS)
            for task in list(telling):
                task.cancel()

    def busy(self) -> bool:
        """Whether there is something that has not been told."""
        return self.untold > 0 or (self._log.exists() and self._log.stat().st_size > self._read)

    def _news(self) -> list[Event]:
        """What the provider has accepted since."""
        if not self._log.exists():
            return []
        with self._log.open("rb") as log:
            log.seek(self._read)
            lines = log.read()
        complete = lines[: lines.rfind(b"\n") + 1]
        self._read += len(complete)
        return [json.loads(line) for line in complete.splitlines()]

    def _plan(self, row: Event) -> list[tuple[str, float]]:
        """The states that a message will reach and after how many seconds each is told."""
        told = dialects.told(row["platform"])
        if not told or not row["conversation"] or self._choose.random() < NEVER:
            return []
        late = LATE if self._choose.random() < MUCH_LATER else (0.0, SOON)
        reached = told[: self._choose.randint(1, len(told))]
        times = [(state, self._choose.uniform(*late)) for state in reached]
        again = [(state, wait + self._choose.uniform(0, 1)) for state, wait in times if self._twice()]
        self.untold += len(times) + len(again)
        return times + again

    def _twice(self) -> bool:
        return self._choose.random() < TWICE

    async def _tell_later(self, row: Event, state: str, wait: float) -> None:
        account = self.accounts[row["conversation"].rpartition("/")[0]]
        await asyncio.sleep(wait)
        taken = Taken(row["text"], to=row["to"], ours=row["ours"])
        hook = dialects.telling(row["platform"]).later(account, row["place"], taken, state)
        await self._until_taken(account, hook)
        facts = {"conversation": row["conversation"], "number": row["number"], "class": row["class"]}
        self.history.note("status", state=state, **facts)
        self.untold -= 1

    async def _until_taken(self, account: Account, hook: Hook) -> None:
        while await self.platform.post(account, hook) != 200:
            await asyncio.sleep(AGAIN_SECONDS)

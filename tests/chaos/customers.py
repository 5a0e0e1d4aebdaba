"""Customers behind platforms: each says numbered words, one after the other, as its platform delivers them.

A platform repeats a webhook until it is answered 200 and only then sends the customer's next one; what it
sent already may come again, late and out of order.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Sequence

import aiohttp

from tests.chaos.dialects import DIALECTS
from tests.chaos.dialects.contract import Account, Hook
from tests.chaos.history import History
from tests.chaos.names import Said
from tests.chaos.resting import rest

AGAIN_SECONDS = 0.4
REPEATED = 0.05  # of all webhooks come a second time
TOGETHER = 0.1  # come twice at once
TIMEOUT = aiohttp.ClientTimeout(total=10)


class Platform:
    """POSTs webhooks; remembers the last ones for the nemesis to repeat."""

    def __init__(self, urls: Sequence[str], history: History, http: aiohttp.ClientSession) -> None:
        self.urls, self.history, self.http = urls, history, http
        self.recent: deque[tuple[Account, Hook]] = deque(maxlen=300)

    async def post(self, account: Account, hook: Hook, *, door: int = 0) -> int | None:
        """The status, None without an answer. `door` chooses among the web processes."""
        url = self.urls[door % len(self.urls)]
        try:
            async with self.http.post(
                url + (hook.path or account.hook), data=hook.body, headers=hook.headers, timeout=TIMEOUT
            ) as answer:
                await answer.read()
                return answer.status
        except (OSError, aiohttp.ClientError, TimeoutError):
            return None

    async def deliver(self, account: Account, said: Said, hook: Hook, *, copies: int) -> None:
        """Until it is answered 200; `copies` of it side by side, each through another web process."""
        ref = f"{account.channel}:{hook.ref}"
        facts = {"conversation": said.conversation, "number": said.number, "ref": ref}
        for door in itertools.count(said.number):
            began = time.time()
            self.history.note("inbound", phase="invoke", began=began, **facts)
            status, *_ = await asyncio.gather(
                *(self.post(account, hook, door=door + copy) for copy in range(copies))
            )
            phase = "ok" if status == 200 else "info" if status is None else "fail"
            self.history.note("inbound", phase=phase, began=began, status=status, **facts)
            if status == 200:
                self.recent.append((account, hook))
                return
            await asyncio.sleep(AGAIN_SECONDS)

    async def repeat(self, count: int, choose: random.Random) -> None:
        """`count` of the last webhooks again, in any order, side by side."""
        some = choose.sample(list(self.recent), min(count, len(self.recent)))
        await asyncio.gather(*(self.post(*each, door=place) for place, each in enumerate(some)))


class Customer:
    """One person at one account; `said` counts what was acknowledged; `together` is the share of their words
    that come twice at once, as from a platform that lost patience."""

    def __init__(
        self, platform: Platform, account: Account, number: int, seed: int, *, together: float = TOGETHER
    ) -> None:
        self.platform, self.account, self.number, self.together = platform, account, number, together
        self.conversation = f"{account.name}/{number}"
        self.said = 0
        self._choose = random.Random(f"{seed} {self.conversation}")

    async def talk(self, pause: float, stopping: asyncio.Event) -> None:
        """Say something every `pause` seconds on average until told to stop."""
        dialect = DIALECTS[self.account.platform]
        while not stopping.is_set():
            said = Said("in", self.conversation, self.said + 1)
            hook = dialect.hook(self.account, self.number, said.number, said.text)
            copies = 2 if self._choose.random() < self.together else 1
            await self.platform.deliver(self.account, said, hook, copies=copies)
            self.said += 1
            if self._choose.random() < REPEATED:
                await self.platform.repeat(1, self._choose)
            await rest(self._choose.expovariate(1 / pause), stopping)

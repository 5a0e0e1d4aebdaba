"""Agents answer through the API, one numbered reply after the other in each conversation.

Without an answer they say the same again under the same key, as docs/api.md tells programs to.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass
from uuid import uuid4

import aiohttp

from tests.chaos.history import History
from tests.chaos.names import Said
from tests.chaos.resting import rest

AGAIN_SECONDS = 0.4
AFTER_QUOTA_SECONDS = 3.0  # nothing changes before the customer writes: asking faster is load nobody makes
QUOTA = "quota_used"  # a platform takes so many answers to each of the customer's messages
TIMEOUT = aiohttp.ClientTimeout(total=10)


@dataclass(slots=True)
class Api:
    """The API with a token that is not used up."""

    url: str
    tokens: list[str]
    http: aiohttp.ClientSession
    turn: int = 0

    def headers(self) -> dict[str, str]:
        self.turn += 1
        return {"Authorization": f"Bearer {self.tokens[self.turn % len(self.tokens)]}"}


class Agent:
    """Whoever answers one conversation."""

    def __init__(self, api: Api, history: History, conversation: str, pk: str, seed: int) -> None:
        self.api, self.history, self.conversation, self.pk = api, history, conversation, pk
        self.said = 0
        self._choose = random.Random(f"{seed} agent {conversation}")

    async def talk(self, pause: float, stopping: asyncio.Event, *, bursts: float) -> None:
        while not stopping.is_set():
            if not await self._say(Said("out", self.conversation, self.said + 1), stopping):
                return
            self.said += 1
            if self._choose.random() < bursts:
                continue
            await rest(self._choose.expovariate(1 / pause), stopping)

    async def _say(self, said: Said, stopping: asyncio.Event | None = None) -> bool:
        """Until it is accepted; False when it never will be, because no customer opens the window again."""
        key, facts = str(uuid4()), {"conversation": said.conversation, "number": said.number}
        while True:
            began = time.time()
            self.history.note("reply", phase="invoke", began=began, **facts)
            status, rule = await self._post(said.text, key)
            phase = "ok" if status in (200, 201) else "info" if status is None else "fail"
            self.history.note("reply", phase=phase, began=began, status=status, rule=rule, **facts)
            if phase == "ok":
                return True
            if rule != QUOTA:
                await asyncio.sleep(AGAIN_SECONDS)
            elif stopping is None:
                await asyncio.sleep(AFTER_QUOTA_SECONDS)
            elif stopping.is_set():
                return False
            else:
                await rest(AFTER_QUOTA_SECONDS, stopping)

    async def _post(self, text: str, key: str) -> tuple[int | None, str]:
        """The status, None without an answer, and the rule by which it was refused."""
        headers = {**self.api.headers(), "Idempotency-Key": key}
        url = f"{self.api.url}/api/v1/conversations/{self.pk}/messages/"
        try:
            async with self.api.http.post(
                url, json={"text": text}, headers=headers, timeout=TIMEOUT
            ) as answer:
                told = await answer.read()
                return answer.status, json.loads(told)["error"]["code"] if answer.status == 422 else ""
        except (OSError, aiohttp.ClientError, TimeoutError):
            return None, ""

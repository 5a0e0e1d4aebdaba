"""Everybody who uses the service during a run: customers, visitors, agents and their open pages."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable
from typing import Any

import aiohttp
import psycopg

from tests.chaos import names
from tests.chaos.agents import Agent, Api
from tests.chaos.customers import TOGETHER, Customer, Platform
from tests.chaos.dialects.contract import Account
from tests.chaos.history import History
from tests.chaos.stack import Stack
from tests.chaos.statuses import Statuses
from tests.chaos.visitors import Visitor
from tests.chaos.watchers import Watcher

LOOK_SECONDS = 1.0
STOP_SECONDS = 60.0  # after the last fault, for what was begun to be accepted
WATCHED = 6  # open pages
VISITORS = 3  # of web chat, in each business: the widget's limits are per address, and all have ours


class Workload:
    """`customers` per account; `rate` is how many messages a second all of them together begin;
    `bursts` the share of replies that another follows at once, `together` of webhooks that come twice at
    once."""

    def __init__(
        self,
        stack: Stack,
        history: History,
        *,
        customers: int,
        rate: float,
        bursts: float,
        together: float = TOGETHER,
    ) -> None:
        self.stack, self.history = stack, history
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self.platform = Platform(stack.urls, history, self.http)
        self.bursts = bursts
        self.stopping = asyncio.Event()
        self.agents: dict[str, Agent] = {}
        self.watchers: list[Watcher] = []
        self.conversations: dict[str, str] = {}  # by name: id
        self._tasks: set[asyncio.Task[None]] = set()
        self._following: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()
        self.tenants = {tenant["name"]: tenant for tenant in stack.seeded["tenants"]}
        accounts = [
            Account(
                name,
                one["platform"],
                one["name"],
                one["channel"],
                one["hook"],
                one["credentials"],
                base=stack.url,
            )
            for name, tenant in self.tenants.items()
            for one in tenant["accounts"]
        ]
        self.customers = [
            Customer(self.platform, account, 1000 + place * 100 + number, stack.seed, together=together)
            for place, account in enumerate(accounts)
            for number in range(customers)
        ]
        self.visitors = [
            Visitor(stack.url, name, number, tenant["entry_point"], history, self.http)
            for name, tenant in self.tenants.items()
            for number in range(VISITORS)
        ]
        self.statuses = Statuses(
            self.platform, accounts, stack.folder / "provider.jsonl", history, stack.seed
        )
        self.pause = 2 * len(self.customers) / rate  # half of the messages are the agents'
        self._apis = {name: Api(stack.url, one["tokens"], self.http) for name, one in self.tenants.items()}

    def start(self) -> None:
        for customer in self.customers:
            self._begin(customer.talk(self.pause, self.stopping))
        for visitor in self.visitors:
            self._begin(visitor.talk(self.pause, self.stopping))
            self._begin(visitor.follow(self._ended), self._following)
        self._begin(self.statuses.tell(self._ended), self._following)
        self._begin(self._meet())

    async def stop(self) -> None:
        """Everybody finishes their last message; pages stay open. Who cannot is written down, and leaves."""
        self.stopping.set()
        end = time.monotonic() + STOP_SECONDS
        while self._tasks and (left := end - time.monotonic()) > 0:
            done, _ = await asyncio.wait(self._tasks, timeout=left)
            self._tasks -= done
            for task in done:
                task.result()
        if self._tasks:
            self.history.note("stuck", words=f"{len(self._tasks)} people could not finish what they said")
            await _dropped(self._tasks)

    async def drop(self) -> None:
        """Everybody goes at once, in the middle of whatever they do."""
        await _dropped(self._tasks | self._following)
        await self.http.close()

    async def end(self) -> None:
        self._ended.set()
        await asyncio.gather(*self._following)
        await self.http.close()

    def said(self) -> tuple[int, int]:
        """(from customers, to customers) acknowledged so far."""
        heard = sum(one.said for one in self.customers) + sum(one.said for one in self.visitors)
        return heard, sum(one.said for one in self.agents.values())

    def _begin(self, work: Coroutine[Any, Any, None], kept: set[asyncio.Task[None]] | None = None) -> None:
        (self._tasks if kept is None else kept).add(asyncio.create_task(work))

    async def _meet(self) -> None:
        """An agent for each conversation as soon as there is one, and a page for some."""
        everybody = len(self.customers) + len(self.visitors)
        while len(self.agents) < everybody and not self.stopping.is_set():
            for name, pk in (await asyncio.to_thread(conversations, self.stack.database)).items():
                if name not in self.agents:
                    self._answer(name, pk)
            await asyncio.sleep(LOOK_SECONDS)

    def _answer(self, name: str, pk: str) -> None:
        self.conversations[name] = pk
        tenant = name.partition("/")[0]
        agent = Agent(self._apis[tenant], self.history, name, pk, self.stack.seed)
        self.agents[name] = agent
        self._begin(agent.talk(self.pause, self.stopping, bursts=self.bursts))
        if len(self.watchers) < WATCHED:
            watcher = Watcher(self.stack.url, self.tenants[tenant], name, pk, self.history, self.http)
            self.watchers.append(watcher)
            self._begin(watcher.follow(self._ended), self._following)


async def _dropped(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def conversations(database: str) -> dict[str, str]:
    """Their ids by the names that the customers' words carry; empty while the database is away."""
    found: dict[str, str] = {}
    try:
        with psycopg.connect(database, connect_timeout=2) as connection:
            rows = connection.execute(
                "SELECT conversation_id::text, text FROM conversations_message "
                "WHERE direction = 'in' AND seq <= 2"
            ).fetchall()
    except psycopg.Error:
        return {}
    for pk, text in rows:
        said = names.read(text)
        if said:
            found[said.conversation] = pk
    return found

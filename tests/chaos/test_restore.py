"""Backup, go on sending, restore: nothing is sent a second time until an operator says so."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import psycopg

from tests.chaos import names, workload
from tests.chaos.agents import Agent, Api
from tests.chaos.customers import Customer, Platform
from tests.chaos.dialects import DIALECTS
from tests.chaos.dialects.contract import Account
from tests.chaos.ground import ROOT
from tests.chaos.history import History
from tests.chaos.names import Said
from tests.chaos.stack import WORKERS, Stack, fresh_folder

PROCESSES = ("web", *WORKERS, "beat")
RELEASE = (
    "import sys, uuid, django; django.setup();"
    "from apps.core import tenancy; from apps.conversations import quarantine\n"
    "with tenancy.scope(uuid.UUID(sys.argv[1])): print(quarantine.release('olga@example.com'))"
)


class Shop:
    """One business with one customer, who has said something, and an agent who answers."""

    def __init__(self, stack: Stack, http: aiohttp.ClientSession) -> None:
        self.stack, self.http = stack, http
        self.history = History(stack.folder / "history.jsonl")
        self.tenant = stack.seeded["tenants"][0]
        one = self.tenant["accounts"][0]
        self.account = Account(
            "t0", one["platform"], one["name"], one["channel"], one["hook"], one["credentials"]
        )
        self.customer = Customer(Platform(stack.urls, self.history, http), self.account, 1000, seed=1)

    async def customer_says(self, number: int) -> None:
        said = Said("in", self.customer.conversation, number)
        hook = DIALECTS[self.account.platform].hook(self.account, 1000, number, said.text)
        await self.customer.platform.deliver(self.account, said, hook, copies=1)

    async def agent_says(self, *numbers: int) -> None:
        await until(lambda: self.customer.conversation in workload.conversations(self.stack.database))
        pk = workload.conversations(self.stack.database)[self.customer.conversation]
        api = Api(self.stack.url, self.tenant["tokens"], self.http)
        agent = Agent(api, self.history, self.customer.conversation, pk, 1)
        for number in numbers:
            await agent._say(Said("out", self.customer.conversation, number))

    def delivered(self) -> list[int]:
        """What the provider has given to the customer, by number."""
        lines = (self.stack.folder / "provider.jsonl").read_text().splitlines()
        return [json.loads(line)["number"] for line in lines]

    def states(self) -> list[tuple[int, str, str]]:
        with psycopg.connect(self.stack.database) as database:
            rows = database.execute(
                "SELECT m.text, d.state, d.code FROM conversations_delivery d "
                "JOIN conversations_message m ON m.id = d.message_id ORDER BY d.seq"
            ).fetchall()
        return [(said.number, state, code) for text, state, code in rows if (said := names.read(text))]


async def until(seen: Callable[[], bool]) -> None:
    for _ in range(300):
        if await asyncio.to_thread(seen):
            return
        await asyncio.sleep(0.2)
    raise AssertionError("it never came")


async def command(stack: Stack, *arguments: str, embedded: bool = True) -> subprocess.CompletedProcess[str]:
    """A program of ours in this deployment; `embedded` finds PostgreSQL as bin/up's commands do."""
    hidden = {"DATABASE_URL", "DATABASE_ROLE", "REDIS_URL"} if embedded else set[str]()
    environment = {name: value for name, value in stack.environment.items() if name not in hidden}
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


async def story(stack: Stack) -> None:
    async with aiohttp.ClientSession() as http:
        shop, file = Shop(stack, http), str(stack.folder / "backup.tar")
        await shop.customer_says(1)
        await until(lambda: shop.customer.conversation in workload.conversations(stack.database))
        for name in WORKERS:
            await stack.kill(name)
        await shop.agent_says(1, 2, 3)
        assert [state for _, state, _ in shop.states()] == ["queued"] * 3

        made = await command(stack, "-m", "apps.core.running.backup", file)
        assert made.returncode == 0, made.stdout
        assert (Path(file).stat().st_mode & 0o777) == 0o600
        for name in WORKERS:
            await stack.begin(name)
        await until(lambda: shop.delivered() == [1, 2, 3])

        refused = await command(stack, "-m", "apps.core.running.restore", file)
        assert refused.returncode == 1 and "--over" in refused.stdout
        for name in PROCESSES:
            await stack.kill(name)
        restored = await command(stack, "-m", "apps.core.running.restore", file, "--over")
        assert restored.returncode == 0, restored.stdout
        for name in PROCESSES:
            await stack.begin(name)
        await stack.ready()

        await shop.customer_says(2)
        await shop.agent_says(4)
        await until(lambda: 4 in shop.delivered())
        assert shop.delivered() == [1, 2, 3, 4]
        held = [(number, "unknown", "restored") for number in (1, 2, 3)]
        await until(lambda: shop.states() == [*held, (4, "sent", "")])

        released = await command(stack, "-c", RELEASE, shop.tenant["id"], embedded=False)
        assert released.stdout.strip() == "3", released.stderr
        await until(lambda: len(shop.delivered()) == 7)
        assert shop.delivered() == [1, 2, 3, 4, 1, 2, 3]


def test_a_restored_backup_sends_nothing_a_second_time(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    tmp_path.parent.chmod(0o711)
    stack = Stack(fresh_folder(tmp_path / "run"), seed=1, lease=6)

    async def play() -> None:
        try:
            await stack.start()
            await stack.weather({})
            await story(stack)
        finally:
            await stack.stop()

    asyncio.run(play())

"""An agent's page that does not read is let go, and misses nothing."""

from __future__ import annotations

import pytest

from apps.core.sockets import outbox
from apps.core.sockets.frames import Close
from tests.console.live.page import Page, agent_of, customer_says, work
from tests.worlds import World


async def test_who_does_not_read_is_let_go_and_resumes(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "MAX_FRAMES", 8)
    side = committed_world.filante
    client = await work(agent_of, side)
    page = await Page.at(client, side)
    for _ in range(9):
        await page.say("ping", got=0)
    assert await page.ended() == Close.SLOW
    element = await work(customer_says, side, "Toujours rien")
    again = await Page.at(client, side, cursor=page.cursor, watch=side.conversation.pk)
    assert again.thread == {element: 1}
    await again.leave()

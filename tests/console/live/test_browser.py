"""Story: the inbox in a real browser. The server goes and returns; the agent is told what was missed."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from tests.chromium import launched_async
from tests.console.live.page import agent_of, customer_says, work
from tests.service import Service
from tests.worlds import Side, World

pytestmark = pytest.mark.browser
PATIENCE = 15_000


@pytest.fixture
def web(database: None, tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    service.start("web")
    yield service
    service.stop_all()


async def test_an_inbox_follows_and_catches_up(committed_world: World, web: Service) -> None:
    side = committed_world.filante
    client = await work(agent_of, side)
    async with _tab(client, side) as tab:
        live = tab.locator("html[data-live=live]")
        await expect(live).to_have_count(1, timeout=PATIENCE)
        first = await work(customer_says, side, "Toujours rien")
        await expect(tab.locator(f"#{first}")).to_contain_text("Toujours rien", timeout=PATIENCE)
        await asyncio.to_thread(web.stop, "web", signal.SIGTERM)
        await expect(tab.locator("html[data-live=offline]")).to_have_count(1, timeout=PATIENCE)
        await expect(tab.locator("#banners")).to_contain_text("Reconnecting.", timeout=PATIENCE)
        second = await work(customer_says, side, "Vous êtes là ?")
        await asyncio.to_thread(web.start, "web")
        await tab.evaluate("document.querySelector('[data-live-now]')?.click()")  # it may be back by itself
        await expect(tab.locator(f"#{second}")).to_have_count(1, timeout=PATIENCE)
        await expect(live).to_have_count(1, timeout=PATIENCE)
        await expect(tab.locator("#banners")).to_contain_text(
            "1 message arrived while you were away, in 1 conversation.", timeout=PATIENCE
        )
        await tab.get_by_role("button", name="Show them").click()
        await expect(tab.locator("[data-live-banner]")).to_have_count(0)
        await expect(tab.locator(f"#conv-{side.conversation.pk} .conv")).to_be_focused()
        assert await tab.locator(f"#{first}, #{second}").count() == 2


@asynccontextmanager
async def _tab(client: Client, side: Side) -> AsyncIterator[Tab]:
    """The conversation's page in Chromium. Fails when the page breaks its own content policy."""
    async with launched_async() as browser:
        context = await browser.new_context(locale="en-GB")
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        await context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": settings.BASE_URL}]
        )
        tab = await context.new_page()
        wrong: list[str] = []
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("console", lambda told: "Content Security" in told.text and wrong.append(told.text))
        await tab.goto(f"{settings.BASE_URL}/{side.slug}/inbox/unassigned/{side.conversation.pk}/")
        yield tab
        assert wrong == []

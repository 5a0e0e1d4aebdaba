"""What an agent's console does when fingers, networks and Redis misbehave."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Page, expect

from apps.conversations.models import Message
from apps.core import tenancy
from apps.core.embedded import Redis
from tests.browser.desk import Desk
from tests.browser.panel import Panel
from tests.browser.people import People
from tests.service import Service
from tests.worlds import Side

pytestmark = pytest.mark.browser

LIVE_MS = 15_000  # without hints a page reads every few seconds; a busy machine adds its own

# Resolves when sending is allowed again, with whether the words were on the page by then.
SHOWN_BEFORE_SENDING = """words => new Promise(resolve => {
  const look = () => document.querySelector(".send-reply").ariaDisabled !== "true"
    && resolve(document.getElementById("timeline").textContent.includes(words));
  new MutationObserver(look).observe(document.body, { subtree: true, attributeFilter: ["aria-disabled"] });
})"""

CUT_MS = 1000 * int(os.environ.get("CUT_SECONDS", "1"))  # 60 for the minute of the story


@pytest.fixture
def redis() -> Iterator[Redis]:
    """One that a story may stop."""
    with TemporaryDirectory(prefix="comptoir-redis-") as folder:
        running = Redis(Path(folder))
        running.start()
        yield running
        running.stop()


@pytest.fixture
def service(database: None, tmp_path: Path, redis: Redis) -> Iterator[Service]:
    """As everywhere, but on the Redis above."""
    running = Service(tmp_path, {"REDIS_URL": redis.url})
    running.start("web")
    running.start("worker")
    yield running
    running.stop_all()


@pytest.fixture
def panel(side: Side, people: People) -> Panel:
    """A visitor who has written."""
    found = Panel(people.comes("visitor").opens(f"/e/{side.entry_point.key}/"))
    found.starts()
    found.says("Ma box est muette")
    return found


@pytest.fixture
def bob(side: Side, people: People, panel: Panel) -> Desk:
    """…and Bob, who has opened the conversation."""
    desk = Desk.of(people.comes("bob", user=side.agent), side.slug, "all")
    desk.opens("Ma box est muette")
    return desk


def answers_of(side: Side) -> list[str]:
    with tenancy.scope(side.id):
        return list(Message.objects.filter(direction="out").order_by("seq").values_list("text", flat=True))


def test_a_double_click_makes_one_message(side: Side, bob: Desk, panel: Panel) -> None:
    bob.page.locator("#body").fill("Une seule fois")
    bob.page.locator(".send-reply").dblclick()
    panel.hears("Une seule fois")
    expect(bob.turn("Une seule fois")).to_have_count(1)
    two_tabs_with_one_draft(bob, panel)
    assert answers_of(side) == ["Une seule fois", "Dans deux onglets"]


def two_tabs_with_one_draft(bob: Desk, panel: Panel) -> None:
    bob.page.locator("#body").fill("Dans deux onglets")
    with bob.page.expect_popup() as opened:
        bob.page.evaluate("open(location.href)")
    twin = Desk(opened.value)
    twin.is_live()
    expect(twin.page.locator("#body")).to_have_value("Dans deux onglets")
    for page in (bob.page, twin.page):
        page.locator(".send-reply").click(no_wait_after=True)
    panel.hears("Dans deux onglets")
    for desk in (bob, twin):
        expect(desk.turn("Dans deux onglets")).to_have_count(1)
        expect(desk.page.locator(".is-pending")).to_have_count(0)


def test_a_network_that_goes_away(side: Side, people: People, bob: Desk, panel: Panel) -> None:
    visit = people.of(bob.page)
    visit.expects("ERR_INTERNET_DISCONNECTED|WebSocket")
    bob.page.locator("#body").fill("Je note ceci")
    visit.context.set_offline(True)
    expect(bob.page.locator("#banners")).to_contain_text("Reconnecting.")
    expect(bob.page.locator(".send-reply")).to_have_attribute("aria-disabled", "true")
    bob.page.locator("#body").press("Control+Enter")
    panel.says("Vous êtes là ?")
    panel.is_taken()
    bob.page.wait_for_timeout(CUT_MS)
    caught_up = back_online(bob.page, "Vous êtes là ?")
    assert (caught_up, answers_of(side)) == (True, [])
    expect(bob.page.locator("#banners")).not_to_contain_text("Reconnecting.")
    bob.page.locator("#body").press("Control+Enter")
    panel.hears("Je note ceci")
    assert answers_of(side) == ["Je note ceci"]


def back_online(page: Page, words: str) -> bool:
    """Whether the words that were missed stood there when sending was allowed again."""
    watched = page.evaluate_handle(f"words => ({{ seen: ({SHOWN_BEFORE_SENDING})(words) }})", words)
    page.context.set_offline(False)
    return bool(watched.evaluate("watched => watched.seen"))


def test_the_thread_lives_without_redis(bob: Desk, panel: Panel, redis: Redis) -> None:
    redis.stop()
    panel.says("Redis est parti")
    said = bob.page.locator("#timeline .turn--in").filter(has_text="Redis est parti")
    expect(said).to_have_count(1, timeout=LIVE_MS)
    bob.writes("Nous restons")
    expect(bob.turn("Nous restons")).to_have_count(1, timeout=LIVE_MS)
    expect(panel.heard("Nous restons")).to_have_count(1)

"""Times that pass while a card offers them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from apps.platforms.cards import Slot, TimeSlots
from tests.browser.counter import Counter

pytestmark = pytest.mark.browser


def test_a_time_goes_by_while_the_card_stands_there(counter: Counter) -> None:
    """It is shut in words, and what the visitor had chosen is not sent."""
    clock = counter.page.clock
    clock.install()
    start = datetime.now(UTC) + timedelta(hours=1)
    turn = counter.gets(times(start, start + timedelta(hours=1)))
    soon, later = turn.get_by_role("radio").all()
    turn.locator(".slots label").first.click()
    expect(soon).to_be_checked()
    clock.fast_forward("01:05:00")
    expect(turn.locator("li").first).to_contain_text("Passed")
    expect(soon).to_be_disabled()
    expect(soon).not_to_be_checked()
    turn.get_by_role("button", name="Confirm").click()
    expect(turn.get_by_role("alert")).to_have_text("Choose one of them first.")
    expect(later).to_be_enabled()
    clock.fast_forward("01:00:00")
    expect(turn).to_contain_text("These times have passed. Write to ask for others.")
    expect(turn.get_by_role("button", name="Confirm")).to_be_hidden()
    expect(turn.get_by_role("alert")).to_be_hidden()


def test_the_server_knows_what_time_it_is(counter: Counter) -> None:
    """On a device whose clock is two hours slow."""
    counter.visit.expects("422")
    start = datetime.now(UTC) + timedelta(hours=1)
    counter.page.clock.set_fixed_time(start - timedelta(hours=3))
    turn = counter.gets(times(start, start + timedelta(hours=1)))
    counter.comes_true("s0")
    counter.page.reload()
    turn.locator(".slots label").first.click()
    turn.get_by_role("button", name="Confirm").click()
    expect(turn.get_by_role("alert")).to_have_text("This time has passed. Choose another.")
    expect(turn.locator("li").first).to_contain_text("Passed")
    expect(counter.page.locator("#turns > .turn--out")).to_have_count(1)  # hello
    turn.locator(".slots label").last.click()
    turn.get_by_role("button", name="Confirm").click()
    expect(turn).to_contain_text("Answered")
    assert counter.stored["slot"]["id"] == "s1"


def times(*starts: datetime) -> TimeSlots:
    slots = tuple(Slot(id=f"s{number}", start=start, minutes=30) for number, start in enumerate(starts))
    return TimeSlots(id="soon", title="Quand peut-on passer ?", slots=slots, timezone="Europe/Paris")

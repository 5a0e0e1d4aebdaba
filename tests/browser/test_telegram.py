"""The counter on Telegram, where a bot begins with /start, can be blocked, and has bad days."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.connections.models import Channel
from apps.conversations.models import Delivery
from apps.core import tenancy
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.owner import Owner
from tests.browser.people import People
from tests.worlds import Side

pytestmark = pytest.mark.browser


def test_the_counter_on_telegram(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug, "teams")
    phone = bot_with_a_button(people, side)
    phone.presses("Start")
    phone.says("La fibre arrive quand ?")
    expect(bob.row("La fibre arrive quand ?")).to_contain_text("fibre")
    bob.opens("La fibre arrive quand ?")
    bob.answers("Mardi")
    phone.hears("Mardi")

    bob.asks("Le matin ou le soir ?", "Le matin", "Le soir")
    phone.presses("Le soir")
    expect(bob.card("Le matin ou le soir ?").locator(".q.is-on")).to_contain_text("Le soir")

    phone.does("Block the bot")
    expect(bob.lock).to_contain_text("This customer blocked you on Telegram")
    phone.does("Unblock")
    phone.says("Pardon, mauvais bouton")
    bob.hears("Pardon, mauvais bouton")
    bob.may_write()

    waits_when_told_to(side, bob, phone)
    asks_before_repeating(bob, phone)


def bot_with_a_button(people: People, side: Side) -> Handset:
    """A button with the tag "fibre" for team ADSL, tapped; the bot is connected by one press at the phone."""
    alice = people.comes("alice", user=side.owner)
    owner = Owner(alice, slug=side.slug)
    page = owner.page
    page.goto(f"/{side.slug}/sandbox/")
    page.get_by_role("button", name="Switch the phone on").click()
    phone = Handset(page, "Telegram")
    phone.presses("Connect this account")
    expect(phone.screen.get_by_role("button", name="Connect this account")).to_have_count(0)
    owner.puts_up("Fibre", tag="fibre", team="ADSL")
    page.goto(f"/{side.slug}/sandbox/site/")
    page.locator(".shop-way", has_text="Fibre").get_by_role("link", name="Filante", exact=True).click()
    return phone


def waits_when_told_to(side: Side, bob: Desk, phone: Handset) -> None:
    phone.is_hard("Answer 429 for 30 s")
    bob.writes("Un peu de patience")
    expect(bob.turn("Un peu de patience").locator(".status")).to_contain_text("It is tried again by itself.")
    expect(phone.heard.filter(has_text="Un peu de patience")).to_have_count(0)
    phone.is_hard("Answer 429 for 30 s", on=False)
    half_a_minute_later(side)
    expect(bob.turn("Un peu de patience").locator(".status")).to_contain_text("Accepted by Telegram")
    phone.hears("Un peu de patience")


def half_a_minute_later(side: Side) -> None:
    with tenancy.scope(side.id):
        Channel.objects.update(paused_until=None)
        Delivery.objects.filter(state="queued").update(due_at=timezone.now())


def asks_before_repeating(bob: Desk, phone: Handset) -> None:
    """The platform's answer is lost on the way: a person decides, and one click is one copy."""
    phone.is_hard("Lose the answer after accepting")
    bob.writes("Rendez-vous à 9 h")
    turn = bob.turn("Rendez-vous à 9 h")
    expect(turn.locator(".status")).to_contain_text("May not have been delivered.")
    phone.hears("Rendez-vous à 9 h")
    phone.is_hard("Lose the answer after accepting", on=False)
    turn.get_by_role("button", name="Resend").click()
    expect(bob.page.get_by_text("May not have been delivered.")).to_have_count(0)
    bob.answers("C’est tout")
    phone.hears("C’est tout")
    expect(phone.heard.filter(has_text="Rendez-vous à 9 h")).to_have_count(2)

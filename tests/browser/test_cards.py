"""Building a card in the console: how it will look, what keeps it from being shown, and what is sent."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.people import People
from tests.worlds import Side

pytestmark = pytest.mark.browser


def test_a_card_is_seen_before_it_is_sent(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug)
    bob.opens("plus d’internet")
    page = bob.page
    page.locator("[data-opens=cards]").click()
    page.locator("#cards dialog").get_by_role("button", name="Link").click()
    dialog = page.locator("#link dialog")
    dialog.get_by_label("Text", exact=True).fill("Le suivi de votre panne")
    dialog.get_by_label("Words on the button").fill("Ouvrir")
    expect(dialog.locator(".card-preview")).to_be_hidden()
    dialog.get_by_label("Address").fill("https://shop.example/suivi")
    expect(dialog.locator(".card-preview")).to_contain_text("Le suivi de votre panne")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    expect(bob.card("Le suivi de votre panne").get_by_role("link", name="Ouvrir")).to_be_visible()

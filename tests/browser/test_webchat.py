"""The counter on the business's own site: a visitor and an agent, two browsers, both live."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.desk import Desk
from tests.browser.panel import Panel
from tests.browser.people import People
from tests.browser.pictures import WIDTH, photo
from tests.worlds import Side

pytestmark = pytest.mark.browser


def test_a_visitor_and_an_agent(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug, "all")
    panel = Panel(people.comes("visitor").opens(f"/e/{side.entry_point.key}/"))
    expect(panel.frame.locator("#welcome")).to_contain_text("We do not see your name or address")
    panel.starts()
    panel.says("Il pleut dans ma box")
    expect(bob.row("Il pleut dans ma box")).to_contain_text("adsl")
    bob.opens("Il pleut dans ma box")
    see_each_other_type(bob, panel)
    show_each_other_files(bob, panel)
    bob.asks("C’est sec ?", "Oui", "Non")
    panel.frame.get_by_role("button", name="Oui").click()
    expect(bob.card("C’est sec ?").locator(".q.is-on")).to_contain_text("Oui")
    away_and_back(people, bob, panel)
    leaves_and_returns(bob, panel)


def see_each_other_type(bob: Desk, panel: Panel) -> None:
    panel.types("Et")
    expect(bob.page.locator("#typing")).to_be_visible()
    bob.page.locator("#body").press_sequentially("Nous")
    expect(panel.frame.locator("#typing")).to_be_visible()
    bob.writes("Nous la séchons")
    panel.hears("Nous la séchons")
    expect(bob.turn("Nous la séchons").locator(".status")).to_contain_text("Read")


def show_each_other_files(bob: Desk, panel: Panel) -> None:
    panel.sends(photo("pluie.png"))
    sent = bob.page.locator("#timeline .turn--in img")
    expect(sent).to_have_js_property("naturalWidth", WIDTH)
    bob.attaches(photo("soleil.png", "gold"))
    bob.writes("Voici du soleil")
    got = panel.frame.locator("#turns .turn--in img")
    expect(got).to_have_js_property("naturalWidth", WIDTH)


def leaves_and_returns(bob: Desk, panel: Panel) -> None:
    panel.leaves()
    expect(bob.lock).to_contain_text("This customer ended the conversation")
    panel.returns()
    panel.says("Me revoilà")
    bob.hears("Me revoilà")
    bob.may_write()


def away_and_back(people: People, bob: Desk, panel: Panel) -> None:
    """Without a network for a while: nothing missed, nothing doubled, on either side."""
    visitor = people.of(panel.page)
    visitor.expects("ERR_INTERNET_DISCONNECTED|WebSocket")
    visitor.context.set_offline(True)
    expect(panel.frame.locator("#connection")).to_contain_text("Reconnecting")
    for words in ("Première pendant la coupure", "Deuxième pendant la coupure"):
        bob.writes(words)
        expect(bob.turn(words)).to_have_count(1)
    panel.says("Dite hors ligne")
    expect(panel.frame.locator(".status--bad")).to_contain_text("You are offline.")
    visitor.context.set_offline(False)
    expect(panel.frame.locator("#connection")).to_be_hidden()
    bob.hears("Dite hors ligne")
    panel.hears("Première pendant la coupure")
    panel.hears("Deuxième pendant la coupure")
    expect(panel.frame.locator(".status--bad")).to_have_count(0)
    assert len(panel.everything()) == len(set(panel.everything()))


def test_the_panel_opens_on_the_page_itself(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug, "all")
    site = people.comes("visitor", user=side.owner).opens(f"/{side.slug}/sandbox/site/?panel=1")
    site.get_by_role("link", name="Message us").click()
    panel = Panel(site)
    panel.starts()
    panel.says("Depuis votre page")
    bob.opens("Depuis votre page")
    bob.writes("Bienvenue")
    panel.hears("Bienvenue")
    assert site.url.endswith("/sandbox/site/?panel=1")

"""The counter opens: from sign-up to an answered customer who leaves and returns, on Apple Messages."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from apps.core import tenancy
from apps.sandbox import accounts
from apps.tenants import doors
from apps.tenants.models import User
from tests.browser.desk import Desk
from tests.browser.handset import Handset
from tests.browser.owner import Owner, joins
from tests.browser.people import IPHONE, People
from tests.browser.pictures import WIDTH, photo

pytestmark = pytest.mark.browser


def test_the_counter_opens(people: People) -> None:
    zoe, bob, mia = people.comes("zoe"), people.comes("bob"), people.comes("mia")
    owner = Owner(zoe)
    owner.signs_up("Filante Télécom", "zoe@example.com")
    assert owner.steps_done() == ["Confirm your e-mail address"]

    owner.connects("Apple Messages for Business", apple_account(owner.slug))
    for team in ("ADSL", "Mobile"):
        owner.makes_team(team)
    adsl = Desk(joins(bob, owner.invites("bob@example.com", team="ADSL"), name="Bob"))
    mobile = Desk(joins(mia, owner.invites("mia@example.com", team="Mobile"), name="Mia"))
    owner.puts_up("ADSL", tag="adsl", team="ADSL")
    owner.puts_up("Mobile", tag="mobile", team="Mobile")
    assert owner.steps_done() == [
        "Confirm your e-mail address",
        "Connect a channel",
        "Put up a Message button",
        "Invite your team",
    ]

    adsl.looks_at(owner.slug, "all")
    mobile.looks_at(owner.slug, "all")
    page = people.comes("customer", user=User.objects.get(email="zoe@example.com"), user_agent=IPHONE).opens()
    page.goto(f"/{owner.slug}/sandbox/site/")
    page.get_by_role("link", name="ADSL").first.click()
    phone = Handset(page, "Apple Messages")
    phone.says("Plus d’internet depuis ce matin")
    expect(adsl.row("Plus d’internet depuis ce matin")).to_contain_text("adsl")
    expect(mobile.rows).to_have_count(0)

    adsl.opens("Plus d’internet")
    adsl.answers("Bonjour, je regarde votre ligne")
    phone.hears("Bonjour, je regarde votre ligne")
    adsl.notes("Client fidèle, soyez doux")

    adsl.transfers(team="Mobile", note="Il s’agit de son téléphone")
    expect(mobile.rows).to_have_count(1)
    mobile.rows.click()
    mobile.is_live()
    expect(mobile.page.locator("#timeline .note")).to_have_count(2)
    mobile.takes()
    mobile.answers("Bonjour, Mia du mobile")
    phone.hears("Bonjour, Mia du mobile")

    phone.sends(photo("box.png"))
    shown = mobile.page.locator("#timeline .turn--in img")
    expect(shown).to_have_js_property("naturalWidth", WIDTH)
    mobile.attaches(photo("prise.png", "navy"))
    mobile.answers("Branchez-la comme ici")
    expect(phone.screen.locator(".b.file:not(.me) img")).to_have_js_property("naturalWidth", WIDTH)

    mobile.offers("Quel créneau ?", "Lundi matin", "Mardi soir")
    phone.chooses("Quel créneau ?", "Mardi soir")
    expect(mobile.card("Quel créneau ?").locator(".is-on")).to_contain_text("Mardi soir")

    phone.does("Delete conversation")
    expect(mobile.lock).to_contain_text("This customer ended the conversation")
    expect(mobile.lock).to_contain_text("You can answer as soon as they write again.")
    phone.says("Finalement, encore une question")
    mobile.hears("Finalement, encore une question")
    mobile.may_write()
    mobile.answers("Avec plaisir")
    phone.hears("Avec plaisir")
    expect(phone.screen).not_to_contain_text("soyez doux")
    expect(phone.screen).not_to_contain_text("Il s’agit de son téléphone")
    owner.goes("")
    expect(owner.page.locator("main")).to_contain_text("6 of 6")


def apple_account(slug: str) -> dict[str, str]:
    """What the simulated Apple would have given the business, by the wizard's labels."""
    tenant_id = doors.tenant_named(slug)
    assert tenant_id is not None
    with tenancy.scope(tenant_id):
        given = accounts.credentials(accounts.ensure_account(accounts.APPLE))
    return {
        "Business ID": given["business_id"],
        "MSP ID": given["msp_id"],
        "API secret": given["secret"],
        "Gateway address": given["base_url"],
    }

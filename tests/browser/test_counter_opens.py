"""The counter opens: from sign-up to an answered customer who leaves and returns, on Apple Messages."""

from __future__ import annotations

import re

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


SECRETS = ("Client fidèle, soyez doux", "Il s’agit de son téléphone")


def test_the_counter_opens(people: People) -> None:
    owner = signs_up(people)
    adsl, mobile = two_teams_with_a_button_each(people, owner)
    phone = taps(people, owner, "ADSL")
    is_heard_by_the_right_team(phone, adsl, mobile)
    is_answered(phone, adsl)
    is_transferred_with_a_note(adsl, mobile)
    is_answered_by_the_other_team(phone, mobile)
    shows_and_is_shown(phone, mobile)
    chooses_from_a_list(phone, mobile)
    leaves_and_returns(phone, mobile)
    for secret in SECRETS:
        expect(phone.screen).not_to_contain_text(secret)
    owner.goes("")
    expect(owner.page.locator("main")).to_contain_text("6 of 6")


def signs_up(people: People) -> Owner:
    owner = Owner(people.comes("zoe"))
    owner.signs_up("Filante Télécom", "zoe@example.com")
    assert owner.steps_done() == ["Confirm your e-mail address"]
    return owner


def two_teams_with_a_button_each(people: People, owner: Owner) -> tuple[Desk, Desk]:
    """…on Apple Messages, with one agent each, invited by mail; their consoles."""
    owner.connects("Apple Messages for Business", apple_account(owner.slug))
    desks = []
    for name, team in (("Bob", "ADSL"), ("Mia", "Mobile")):
        owner.makes_team(team)
        link = owner.invites(f"{name.lower()}@example.com", team=team)
        desks.append(Desk(joins(people.comes(name), link, name=name)).looks_at(owner.slug, "all"))
        owner.puts_up(team, tag=team.lower(), team=team)
    assert owner.steps_done() == [
        "Confirm your e-mail address",
        "Connect a channel",
        "Put up a Message button",
        "Invite your team",
    ]
    return desks[0], desks[1]


def taps(people: People, owner: Owner, button: str) -> Handset:
    """The sandbox's phone is for members, so the customer is the owner with an iPhone."""
    zoe = User.objects.get(email="zoe@example.com")
    page = people.comes("customer", user=zoe, user_agent=IPHONE).opens(f"/{owner.slug}/sandbox/site/")
    page.get_by_role("link", name=button).first.click()
    return Handset(page, "Apple Messages")


def is_heard_by_the_right_team(phone: Handset, adsl: Desk, mobile: Desk) -> None:
    phone.says("Plus d’internet depuis ce matin")
    expect(adsl.row("Plus d’internet depuis ce matin")).to_contain_text("adsl")
    expect(mobile.rows).to_have_count(0)


def is_answered(phone: Handset, adsl: Desk) -> None:
    adsl.opens("Plus d’internet")
    adsl.answers("Bonjour, je regarde votre ligne")
    phone.hears("Bonjour, je regarde votre ligne")
    adsl.notes(SECRETS[0])


def is_transferred_with_a_note(adsl: Desk, mobile: Desk) -> None:
    adsl.transfers(team="Mobile", note=SECRETS[1])
    expect(mobile.rows).to_have_count(1)
    expect(adsl.page).to_have_url(re.compile("/inbox/all/$"))
    expect(adsl.rows).to_have_count(0)


def is_answered_by_the_other_team(phone: Handset, mobile: Desk) -> None:
    mobile.opens("Bonjour, je regarde votre ligne")
    expect(mobile.page.locator("#timeline .note")).to_contain_text(SECRETS)
    mobile.takes()
    mobile.answers("Bonjour, Mia du mobile")
    phone.hears("Bonjour, Mia du mobile")


def shows_and_is_shown(phone: Handset, mobile: Desk) -> None:
    """Photos both ways."""
    phone.sends(photo("box.png"))
    shown = mobile.page.locator("#timeline .turn--in img")
    expect(shown).to_have_js_property("naturalWidth", WIDTH)
    mobile.attaches(photo("prise.png", "navy"))
    mobile.answers("Branchez-la comme ici")
    expect(phone.screen.locator(".b.file:not(.me) img")).to_have_js_property("naturalWidth", WIDTH)


def chooses_from_a_list(phone: Handset, mobile: Desk) -> None:
    mobile.offers("Quel créneau ?", "Lundi matin", "Mardi soir")
    phone.chooses("Quel créneau ?", "Mardi soir")
    expect(mobile.card("Quel créneau ?").locator(".is-on")).to_contain_text("Mardi soir")


def leaves_and_returns(phone: Handset, mobile: Desk) -> None:
    phone.does("Delete conversation")
    expect(mobile.lock).to_contain_text("This customer ended the conversation")
    expect(mobile.lock).to_contain_text("You can answer as soon as they write again.")
    phone.says("Finalement, encore une question")
    mobile.hears("Finalement, encore une question")
    mobile.may_write()
    mobile.answers("Avec plaisir")
    phone.hears("Avec plaisir")


def apple_account(slug: str) -> dict[str, str]:
    """What the simulated Apple would have given the business, by the wizard's labels."""
    tenant_id = doors.tenant_named(slug)
    assert tenant_id is not None
    with tenancy.scope(tenant_id):
        given = accounts.credentials(accounts.ensure_account("apple_messages"))
    return {
        "Business ID": given["business_id"],
        "MSP ID": given["msp_id"],
        "API secret": given["secret"],
        "Gateway address": given["base_url"],
    }

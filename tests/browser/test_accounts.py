"""Keys to the counter: an authenticator app, a passkey, sessions that end, a password that changes."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser.account import Account
from tests.browser.desk import Desk
from tests.browser.people import People
from tests.worlds import Side

pytestmark = pytest.mark.browser

SOON_MS = 5000  # how long an ended session's socket may live
PERIOD, TYPING = 30, 4  # seconds
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_an_authenticator_app(side: Side, people: People) -> None:
    alice = Account(people.comes("alice").opens(), side.owner.email)
    alice.signs_in()
    page = alice.page
    page.goto("/account/2fa/")
    page.get_by_role("link", name="Set up").click()
    alice.confirms()
    secret = page.locator("#totp-secret").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator(".codes")).to_have_text(re.compile(r"^(\S+\s*){10}$"))

    alice.signs_out()
    alice.signs_in()
    expect(page.get_by_role("heading", name="And the second key")).to_be_visible()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    alice.is_in()


def code_of(secret: str) -> str:
    """What the app shows now. Nobody starts typing a code that is about to change."""
    left = PERIOD - time.time() % PERIOD
    if left < TYPING:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD)))


def test_a_passkey(side: Side, people: People) -> None:
    bob = Account(people.comes("bob").opens(), side.agent.email)
    page = bob.page
    give_device(page)
    bob.signs_in()
    page.goto("/account/2fa/webauthn/add/")
    bob.confirms()
    page.get_by_label("Name").fill("Bob’s laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).not_to_have_url(re.compile("/add/"))
    bob.signs_out()
    page.goto("/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    bob.is_in()


def give_device(page: Page) -> None:
    """A platform authenticator that says yes."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    browser.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def test_sessions_end_at_once(side: Side, people: People) -> None:
    home, work = (Account(people.comes(place).opens(), side.agent.email) for place in ("home", "work"))
    for place in (home, work):
        place.signs_in()
    left_open = Desk(work.page).looks_at(side.slug, "all")
    home.page.goto("/account/sessions/")
    expect(home.page.locator(".keys li")).to_have_count(2)
    home.page.get_by_role("button", name="Sign the others out").click()
    expect(home.page.locator(".keys li")).to_have_count(1)
    is_shown_the_door(left_open.page)

    work.signs_in()
    left_open.looks_at(side.slug, "all")
    home.changes_password("a kettle for every morning")
    is_shown_the_door(left_open.page)
    work.signs_in("a kettle for every morning")
    work.is_in()


def is_shown_the_door(page: Page) -> None:
    expect(page).to_have_url(re.compile("/account/login/"), timeout=SOON_MS)

"""Everybody can work here: by keyboard alone, by ear, on a narrow screen, in both themes and languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.core import tenancy
from apps.sandbox import accounts, phones, simulators
from tests.browser import inspection
from tests.browser.desk import Desk
from tests.browser.people import DESK, People
from tests.worlds import Side

pytestmark = pytest.mark.browser

TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 390, "height": 844}


def pages_of(side: Side, *, language: str, theme: str) -> dict[str, str]:
    """Where customers, agents and owners spend their time."""
    with tenancy.scope(side.id):
        phones.ensure_phone()
    return {
        "home": "/",
        "sign-up": "/account/signup/",
        "sign-in": "/account/login/",
        "inbox": f"/{side.slug}/inbox/all/",
        "conversation": f"/{side.slug}/inbox/all/{side.conversation.pk}/",
        "first steps": f"/{side.slug}/setup/",
        "channels": f"/{side.slug}/setup/channels/",
        "costs": f"/{side.slug}/setup/channels/costs/",
        "entry point": f"/{side.slug}/setup/entry-points/{side.entry_point.key}/",
        "team": f"/{side.slug}/setup/team/",
        "phone": f"/{side.slug}/sandbox/",
        "demo site": f"/{side.slug}/sandbox/site/",
        "panel": f"/widget/frame/{side.entry_point.key}/?lang={language}&theme={theme}",
    }


OPEN_TO_ALL = ("home", "sign-up", "sign-in", "panel")


@pytest.mark.parametrize(
    ("language", "theme", "viewport"),
    [("en", "light", DESK), ("en", "dark", TABLET), ("fr", "dark", PHONE)],
    ids=["desk", "tablet", "phone"],
)
def test_every_page(side: Side, people: People, language: str, theme: str, viewport: dict[str, int]) -> None:
    """Names, a visible focus, no scrolling sideways; and no error, which `people` sees to."""
    options: dict[str, Any] = {
        "viewport": viewport,
        "color_scheme": theme,
        "locale": language,
        "reduced_motion": "reduce",
    }
    alice = people.comes("alice", user=side.owner, **options)
    visitor = people.comes("visitor", **options)
    alice.chooses(lang=language, theme=theme)
    visitor.chooses(lang=language, theme=theme)
    signed_in, stranger = alice.opens(), visitor.opens()
    troubles = []
    for name, address in pages_of(side, language=language, theme=theme).items():
        page = stranger if name in OPEN_TO_ALL else signed_in
        page.goto(address)
        expect(page.locator(f"html[lang={language}][data-theme={theme}]")).to_have_count(1)
        troubles += [f"{name}: {trouble}" for trouble in troubles_of(page)]
    assert "\n".join(troubles) == ""


def troubles_of(page: Page) -> list[str]:
    named = [f"no name: {trouble}" for trouble in inspection.nameless(page)]
    wide = [f"too wide: {trouble}" for trouble in inspection.too_wide(page)]
    unseen = [f"focus not seen: {trouble}" for trouble in inspection.unseen_focus(page)]
    primary = [f"not the only primary button: {trouble}" for trouble in inspection.rivals(page)]
    return [*named, *wide, *unseen, *primary]


def test_the_console_by_keyboard_alone(side: Side, people: People) -> None:
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug, "unassigned")
    page, keys = bob.page, bob.page.keyboard
    keys.press("j")
    expect(bob.rows.first).to_be_focused()
    keys.press("Enter")
    page.wait_for_url(re.compile("/unassigned/.+/"))
    bob.is_live()
    keys.press("r")
    expect(page.locator("#body")).to_be_focused()
    keys.type("Tout au clavier")
    keys.press("Control+Enter")
    expect(bob.turn("Tout au clavier")).to_have_count(1)
    keys.press("Escape")
    expect(page.locator("#body")).not_to_be_focused()
    keys.press("i")
    keys.type("Entre nous")
    keys.press("Control+Enter")
    expect(page.locator("#timeline .note").filter(has_text="Entre nous")).to_have_count(1)
    keys.press("Escape")
    looks_around(page)
    keys.press("e")
    page.wait_for_url(re.compile("/inbox/unassigned/$"))


def looks_around(page: Page) -> None:
    """Help, and once round the panes."""
    page.keyboard.press("?")
    expect(page.locator("#keys dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys dialog")).to_be_hidden()
    panes = []
    for _pane in range(4):
        page.keyboard.press("F6")
        panes.append(page.evaluate(PANE))
    assert sorted(panes) == ["facts", "list", "rail", "thread"]


PANE = "['rail', 'list', 'thread', 'facts'].find(name => document.activeElement.closest('.' + name))"


def test_a_phone_of_the_sandbox_by_keyboard_alone(side: Side, people: People) -> None:
    """Say something and go on saying: the focus stays where one writes."""
    with tenancy.scope(side.id):
        phones.ensure_phone()
    page = people.comes("alice", user=side.owner).opens(f"/{side.slug}/sandbox/?on=apple_messages")
    reaches(page, "Connect this account")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Connect this account")).to_have_count(0)
    reaches(page, "Message")
    for words in ("Bonjour", "Ma box clignote"):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        expect(page.locator(".ph .b.me").filter(has_text=words)).to_have_count(1)
        expect(page.get_by_label("Message", exact=True)).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_phone_of_the_sandbox_can_be_read(side: Side, people: People, theme: str) -> None:
    """Each network has its colours, and says its name beside its mark."""
    with tenancy.scope(side.id):
        phones.ensure_phone()
        for slug in simulators.SLUGS:
            accounts.ensure_account(slug)
    page = people.comes("alice", user=side.owner, color_scheme=theme).opens(f"/{side.slug}/sandbox/?on=all")
    expect(page.locator(".phones figcaption .pf")).to_have_count(len(simulators.SLUGS))
    assert inspection.too_faint(page) == []


def reaches(page: Page, name: str) -> None:
    """By Tab, what is called so."""
    for _stop in range(inspection.STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(NAME) == name:
            return
    raise AssertionError(f"Tab does not reach {name}")


NAME = "document.activeElement.ariaLabel || document.activeElement.textContent.trim()"

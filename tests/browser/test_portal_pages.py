"""The portal's pages with something in them, on a desk and a phone: nothing is squeezed or in the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.connections.models import Channel, EntryPointChannel, Health, MessageTemplate
from apps.core import tenancy
from apps.tenants import proof
from tests.browser import inspection
from tests.browser.people import DESK, People
from tests.worlds import Side

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SAID = "The platform answers too slowly: https://api.line.example/v2/bot/message/push timed out after 30 s"
WORDS = "Bonjour {{1}}, nous vous attendons ici le {{2}}."

# Icons that are too narrow to be seen, and what sticks out of the panel that it stands in.
SQUEEZED = """() => [...document.querySelectorAll("main svg.i")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().width < 8)
  .map(each => each.parentElement.outerHTML.slice(0, 120))"""
STICKS_OUT = """() => [...document.querySelectorAll(".panel :is(.notice, .order, .input, table, li)")]
  .filter(each => each.checkVisibility()
    && each.getBoundingClientRect().right > each.closest(".panel").getBoundingClientRect().right)
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.fixture
def stopped(side: Side) -> Channel:
    """A channel whose platform says something long, with two templates; its entry point offers one more."""
    with tenancy.scope(side.id):
        more = Channel.objects.create(
            platform="rcs", name="agent_78e9104f273c0c28a1b2c3d4", address="rcs", state="live"
        )
        EntryPointChannel.objects.create(entry_point=side.entry_point, channel=more, position=1)
        made = Channel.objects.create(
            platform="whatsapp",
            name="Filante",
            address="33612345678",
            state="live",
            health=Health.TROUBLED,
            health_words=SAID,
            health_at=timezone.now(),
        )
        for language in ("fr", "en_US"):
            MessageTemplate.objects.create(
                channel=made,
                name="rendez_vous",
                language=language,
                state="APPROVED",
                category="UTILITY",
                usable=True,
                body=WORDS,
                synced_at=timezone.now(),
            )
        for platform in ("line", "viber"):
            Channel.objects.create(
                platform=platform,
                name=platform,
                address=platform,
                state="live",
                health=Health.BROKEN,
                health_words="token expired",
                health_at=timezone.now(),
            )
    left = {"target": "api:a-place-with-a-long-name-of-its-own", "reason": "answers 404 to everybody"}
    kind = {"kind": "pages", "targets": 61, "attempts": 5210, "findings": [], "uncovered": [left]}
    timing = {"compared": 40, "median_ratio": 1.0, "widest_ms": 2.1, "findings": []}
    about = {"passed": True, "finished_at": "2026-03-01T10:00:00+00:00", "checks": 512, "failed": []}
    proof.record({**about, "code": proof.code(), "kinds": [kind], "timing": timing})
    return made


def pages_of(side: Side, channel: Channel) -> list[str]:
    return [
        "channels/",
        f"channels/{channel.pk}/",
        f"channels/{channel.pk}/connect/",
        f"channels/{channel.pk}/templates/",
        f"entry-points/{side.entry_point.key}/",
        "audit/isolation/",
    ]


@pytest.mark.parametrize(
    ("language", "theme", "viewport"), [("fr", "dark", PHONE), ("en", "light", DESK)], ids=["phone", "desk"]
)
def test_everything_has_its_place(
    side: Side, people: People, stopped: Channel, language: str, theme: str, viewport: dict[str, int]
) -> None:
    options: dict[str, Any] = {"viewport": viewport, "color_scheme": theme, "locale": language}
    alice = people.comes("alice", user=side.owner, **options)
    alice.chooses(lang=language, theme=theme)
    page, troubles = alice.opens(), []
    for path in pages_of(side, stopped):
        page.goto(f"/{side.slug}/setup/{path}")
        expect(page.locator(f"html[lang={language}][data-theme={theme}]")).to_have_count(1)
        troubles += [f"{path}: {trouble}" for trouble in troubles_of(page)]
    assert "\n".join(troubles) == ""


def troubles_of(page: Page) -> list[str]:
    squeezed = [f"squeezed: {each}" for each in page.evaluate(SQUEEZED)]
    outside = [f"sticks out: {each}" for each in page.evaluate(STICKS_OUT)]
    unseen = [f"focus not seen: {each}" for each in inspection.unseen_focus(page)]
    faint = [f"too faint: {each}" for each in inspection.too_faint(page)]
    primary = [f"not the only primary button: {each}" for each in inspection.rivals(page)]
    named, wide = inspection.nameless(page), inspection.too_wide(page)
    return [*squeezed, *outside, *unseen, *faint, *primary, *named, *wide]


def test_a_template_is_read_on_a_phone(side: Side, people: People, stopped: Channel) -> None:
    """Its words have the page's width, and say which language they are in."""
    page = people.comes("alice", user=side.owner, viewport=PHONE).opens()
    page.goto(f"/{side.slug}/setup/channels/{stopped.pk}/templates/")
    words = page.get_by_role("cell", name=WORDS)
    assert [words.nth(n).evaluate("each => each.clientWidth > 250") for n in range(2)] == [True, True]
    languages = words.evaluate_all("cells => cells.map(each => each.lang)")
    assert sorted(languages) == ["en-US", "fr"]


def test_channels_stand_in_columns(side: Side, people: People, stopped: Channel) -> None:
    page = people.comes("alice", user=side.owner).opens(f"/{side.slug}/setup/channels/")
    beats = page.locator(".chan-row > :nth-child(3)")
    lefts = beats.evaluate_all("all => all.map(each => Math.round(each.getBoundingClientRect().left))")
    assert (len(lefts), len(set(lefts))) == (5, 1)


def test_a_channel_by_keyboard_alone(side: Side, people: People, stopped: Channel) -> None:
    """Pause it and let it go on, without a pointer."""
    page = people.comes("alice", user=side.owner).opens(f"/{side.slug}/setup/channels/{stopped.pk}/")
    for word in ("Pause", "Resume"):
        reaches(page, word)
        page.keyboard.press("Enter")
        expect(page.locator("#channel-pause").get_by_role("button", name=word, exact=True)).to_have_count(0)


def reaches(page: Page, word: str) -> None:
    for _stop in range(inspection.STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == word:
            return
    raise AssertionError(f"Tab does not reach {word}")

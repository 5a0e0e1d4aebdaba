"""Every card in the panel: shown as controls, answered by pointer, keyboard and device, seen by the agent."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from apps.platforms import cards
from apps.platforms.cards import (
    Card,
    Field,
    Form,
    Link,
    ListPicker,
    Option,
    QuickReplies,
    Section,
)
from tests.browser import inspection
from tests.browser.counter import HELLO, Counter
from tests.browser.desk import Desk
from tests.browser.people import DESK, People
from tests.browser.test_active_content import arrives, unharmed
from tests.platforms.every_card import every_card, form
from tests.security.active import ATTRIBUTES, ELEMENTS, POLYGLOT, TEMPLATES
from tests.service import Service
from tests.widget.panels import agent_says
from tests.worlds import Side

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
FACES = [("en", "light", DESK), ("fr", "dark", PHONE)]


def test_an_agent_sees_what_was_answered(side: Side, people: People, counter: Counter) -> None:
    """Every kind that asks: the card is shut with what was chosen on both sides, the answer stands below."""
    bob = Desk.of(people.comes("bob", user=side.agent), side.slug, "all")
    bob.opens(HELLO)
    known = every_card()
    turn = counter.gets(known["quick_replies"], pictures=2)
    turn.get_by_role("button", name="Oui").click()
    expect(turn.get_by_role("button", name="Oui", pressed=True)).to_be_disabled()
    expect(counter.said).to_have_text("Oui")

    turn = counter.gets(known["list_picker"], pictures=2)
    expect(turn.locator("img")).to_have_count(3)
    turn.get_by_role("radio", name="Box Maxi").check(force=True)
    for name in ("Télévision", "Téléphone"):
        turn.get_by_role("checkbox", name=name).check(force=True)
    turn.get_by_role("button", name="Confirm").click()
    expect(counter.said).to_have_text("Box Maxi, Télévision, Téléphone")
    expect(turn.get_by_role("radio", name="Box Maxi")).to_be_disabled()
    expect(turn).to_contain_text("Answered")
    chosen = bob.card("Choisissez votre offre").locator(".is-on")
    expect(chosen).to_contain_text(["Box Maxi", "Télévision", "Téléphone"])
    expect(bob.card("Choisissez votre offre").locator("img")).to_have_count(3)

    picks_a_time(counter, bob, known["time_slots"])
    fills_in(counter, bob)
    says_where(counter, known["location_request"])
    lets_the_device_say(counter, bob, known["location_request"])


def picks_a_time(counter: Counter, bob: Desk, card: Card) -> None:
    """Each sees it in their own time."""
    turn = counter.gets(card)
    expect(turn).to_contain_text("In your own time (New York)")
    shown = turn.locator(".slots time").first
    local = shown.evaluate("each => new Date(each.dateTime).toLocaleTimeString('en', {timeStyle: 'short'})")
    expect(shown).to_have_text(local)
    turn.locator(".slots label").first.click()
    turn.get_by_role("button", name="Confirm").click()
    expect(turn).to_contain_text("Answered")
    expect(counter.said).to_contain_text(local.split()[0])
    assert counter.stored["slot"]["id"] == "s1"
    expect(bob.card("Quand peut-on passer").locator(".is-on")).to_have_count(1)


def fills_in(counter: Counter, bob: Desk) -> None:
    turn = counter.gets(form())
    turn.get_by_label("Votre nom").fill("Ana Lopez")
    turn.get_by_label("Que se passe-t-il").fill("Elle clignote\nen rouge")
    turn.get_by_label("Votre e-mail").fill("ana@example.com")
    turn.get_by_label("Votre téléphone").fill("01 02 03 04 05")
    turn.get_by_label("Débit mesuré").fill("12,5")
    turn.get_by_label("Depuis quel jour").fill("2026-02-28")
    turn.get_by_role("radio", name="Box Maxi").check(force=True)
    turn.get_by_role("checkbox", name="Box Mini").check(force=True)
    turn.get_by_role("button", name="Envoyer le dossier").click()
    expect(turn).to_contain_text("Answered")
    rows = [
        "Ana Lopez",
        "en rouge",
        "ana@example.com",
        "01 02 03 04 05",
        "12.5",
        "2026",
        "Box Maxi",
        "Box Mini",
    ]
    for said in (turn, counter.page.locator("#turns > .turn--out:has(.bubble)").last):
        expect(said.locator("dd")).to_contain_text(rows)
    expect(bob.card("Parlons de votre panne").locator("dd")).to_contain_text(rows)
    expect(bob.turn("Ana Lopez").locator(".answer dt").first).to_have_text("Votre nom")
    assert counter.stored["values"]["choice"] == ["maxi"]


def test_cards_by_keyboard_alone(counter: Counter) -> None:
    a_form_by_keyboard(counter)
    a_list_by_keyboard(counter)


def a_form_by_keyboard(counter: Counter) -> None:
    turn, keys = counter.gets(form()), counter.page.keyboard
    turn.get_by_label("Votre nom").focus()
    keys.press("Enter")
    expect(turn.get_by_label("Votre nom")).to_be_focused()
    expect(turn.get_by_label("Votre nom")).to_have_attribute("aria-invalid", "true")
    expect(turn.get_by_role("alert")).to_have_text("Please look at what is marked and send it again.")
    assert turn.locator("[aria-invalid=true]").count() == 7  # what is needed; a choice of two counts twice
    for words in ("Ana", "", "ana@example", "12", "beaucoup"):
        keys.type(words)
        keys.press("Tab")
    keys.type("02282026")
    for _ in range(6):  # out of the day's parts to the choices
        if turn.get_by_role("radio").first.evaluate("each => each === document.activeElement"):
            break
        keys.press("Tab")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    told = turn.locator(".wg-fields .msg:visible")
    expect(told).to_have_text([re.compile("e-mail"), re.compile("phone number"), "Write a number."])
    for label, words in (("e-mail", "ana@example.com"), ("téléphone", "0102030405"), ("Débit", "12")):
        turn.get_by_label(label).fill(words)
    turn.get_by_label("Débit").press("Enter")
    expect(turn).to_contain_text("Answered")
    expect(turn.locator("form")).to_be_focused()
    assert counter.stored["values"]["choice"] == ["maxi"]
    assert counter.stored["values"]["choices"] == ["mini"]


def a_list_by_keyboard(counter: Counter) -> None:
    card = every_card()["list_picker"]
    turn, keys = counter.gets(card), counter.page.keyboard
    turn.get_by_role("button", name="Confirm").press("Enter")
    expect(turn.get_by_role("alert")).to_have_text("Choose one of them first.")
    turn.get_by_role("radio").first.focus()
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Enter")
    expect(counter.said).to_have_text("Box Maxi, Télévision")


def says_where(counter: Counter, card: Card) -> None:
    """The device does not tell, so the visitor writes it."""
    turn = counter.gets(card)
    turn.get_by_role("button", name="Share where I am").click()
    field = turn.get_by_label("Your device does not tell where you are.")
    expect(field).to_be_focused()
    field.fill("12, rue du Port")
    field.press("Enter")
    expect(counter.said).to_have_text("12, rue du Port")
    expect(turn).to_contain_text("Answered")
    assert counter.stored["values"] == {"address": ["12, rue du Port"]}


def lets_the_device_say(counter: Counter, bob: Desk, card: Card) -> None:
    counter.visit.context.grant_permissions(["geolocation"])
    counter.visit.context.set_geolocation({"latitude": 47.21, "longitude": -1.55})
    turn = counter.gets(replace(card, id="lr2"))
    turn.get_by_role("button", name="Share where I am").click()
    expect(turn).to_contain_text("Answered")
    expect(counter.said).to_have_attribute("href", re.compile("mlat=47.210000&mlon=-1.550000"))
    expect(bob.page.locator(".bubble.place")).to_contain_text("47.21000, -1.55000")
    expect(bob.row("Location")).to_have_count(1)


def test_what_asks_nothing_is_shown(counter: Counter) -> None:
    known = every_card()
    turn = counter.gets(known["link"], pictures=1)
    link = turn.get_by_role("link", name="Suivre le colis")
    expect(link).to_have_attribute("href", "https://shop.example/suivi?c=42")
    assert "noopener" in (link.get_attribute("rel") or "")
    expect(turn.locator("img")).to_have_count(1)
    turn = counter.gets(known["location"])
    expect(turn.get_by_role("link", name="Open the map")).to_have_attribute(
        "href", re.compile("mlat=48.858370")
    )
    turn = counter.gets(known["contact"])
    expect(turn.get_by_role("link", name="Call")).to_have_attribute("href", "tel:+33102030405")
    with counter.page.expect_download() as saved:
        turn.get_by_role("link", name="Save").click()
    assert "FN:Atelier Filante\r\nTEL:+33102030405" in saved.value.path().read_bytes().decode()
    turn = counter.gets(known["media_group"], pictures=2)
    expect(turn.locator(".pics img")).to_have_count(2)
    expect(turn.locator("img")).to_have_count(2)


def test_nothing_that_was_filled_in_is_lost(counter: Counter) -> None:
    is_refused(counter)
    is_offline(counter)
    hears_more_meanwhile(counter)
    answers_elsewhere(counter)


def is_refused(counter: Counter) -> None:
    """The server's word counts: what it refuses stands in the card again, with what is wrong beside it."""
    counter.visit.expects("422")
    turn = counter.gets(form())
    fill_needed(turn)
    turn.locator("input[type=radio]").first.evaluate("each => { each.value = 'gone' }")
    turn.get_by_role("radio", name="Box Mini").check(force=True)
    turn.get_by_role("button", name="Envoyer le dossier").click()
    expect(turn.locator(".wg-fields .msg:visible")).to_have_text(
        "This can no longer be chosen. Choose again."
    )
    expect(turn.get_by_label("Votre nom")).to_have_value("Ana")
    expect(counter.page.locator("#turns > .turn--out")).to_have_count(1)  # hello
    turn.get_by_role("radio", name="Box Mini").check(force=True)
    turn.get_by_role("button", name="Envoyer le dossier").click()
    expect(turn).to_contain_text("Answered")
    assert counter.stored["values"]["choice"] == ["mini"]


def fill_needed(turn: Locator) -> None:
    said = {"nom": "Ana", "e-mail": "ana@example.com", "téléphone": "0102030405", "Débit": "12"}
    for label, words in said.items():
        turn.get_by_label(label).fill(words)
    turn.get_by_label("Depuis quel jour").fill("2026-02-28")


def is_offline(counter: Counter) -> None:
    """The answer goes out when the network is back."""
    counter.visit.expects("ERR_INTERNET_DISCONNECTED|WebSocket")
    turn = counter.gets(replace(form(), id="later"))
    fill_needed(turn)
    turn.get_by_role("radio", name="Box Maxi").check(force=True)
    counter.visit.context.set_offline(True)
    turn.get_by_role("button", name="Envoyer le dossier").click()
    expect(counter.page.locator(".status--bad")).to_contain_text("You are offline.")
    expect(turn.get_by_label("Votre nom")).to_be_disabled()
    expect(turn.get_by_label("Votre nom")).to_have_value("Ana")
    counter.visit.context.set_offline(False)
    expect(turn).to_contain_text("Answered")
    assert counter.stored["values"]["text"] == ["Ana"]


def hears_more_meanwhile(counter: Counter) -> None:
    """Also when it is the card's own message that changes: it was read, somebody answers."""
    turn = counter.gets(replace(form(), id="half"))
    turn.get_by_label("Votre nom").fill("Ana")
    turn.get_by_label("Votre e-mail").press_sequentially("ana@")
    agent_says(counter.side, counter.place, "Prenez votre temps")
    expect(counter.page.locator("#turns")).to_contain_text("Prenez votre temps")
    counter.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(turn.get_by_label("Votre e-mail")).to_be_focused()
    expect(turn.get_by_label("Votre nom")).to_have_value("Ana")


def answers_elsewhere(counter: Counter) -> None:
    """On another device of the same visitor; this one is shut with what was chosen there."""
    turn = counter.gets(every_card()["quick_replies"])
    counter.visit.expects("409")
    other = counter.visit.opens(counter.page.url)
    expect(other.get_by_role("button", name="Non")).to_be_visible()
    counter.visit.context.set_offline(True)
    counter.visit.expects("ERR_INTERNET_DISCONNECTED|WebSocket")
    turn.get_by_role("button", name="Oui").click()
    expect(counter.page.locator(".status--bad")).to_contain_text("You are offline.")
    other.get_by_role("button", name="Non").click()
    counter.visit.context.set_offline(False)
    for page in (counter.page, other):
        expect(page.get_by_role("button", name="Oui")).to_be_disabled()
    expect(counter.page.locator(".q.is-on")).to_have_count(1)


def test_everybody_can_use_them(side: Side, people: People) -> None:
    """Names, a focus that is seen, no scrolling sideways, and controls big enough to touch."""
    for language, theme, viewport in FACES:
        look: dict[str, Any] = {"viewport": viewport, "color_scheme": theme, "locale": language}
        visit = people.comes(f"{language} visitor", **look, reduced_motion="reduce")
        counter = Counter(side, visit, language=language, theme=theme, hello=f"{HELLO} {language}")
        for card in every_card().values():
            counter.gets(card, pictures=2)
        page = counter.page
        assert inspection.nameless(page) == []
        assert inspection.too_wide(page) == []
        assert inspection.unseen_focus(page) == []
        assert page.evaluate(SMALL) == []


# Controls in cards that are lower than a finger (WCAG 2.5.5 wants 44 px).
SMALL = """() => [...document.querySelectorAll(".wg-card :is(a, button, input:not(.vh), label:has(.vh)), .q")]
  .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
  .map(each => each.outerHTML.slice(0, 120))"""


@pytest.mark.advisory("S8", "Zulip CVE-2024-36625")
def test_hostile_words_are_words_on_both_sides(people: People, side: Side, service: Service) -> None:
    """In every field of every card, and in every answer to it, with the browser's policy switched off."""
    counter = Counter(side, arrives(people, "visitor"))
    for text in WORST:
        for card in hostile(text):
            counter.gets(card)
    turn = counter.gets(form())
    fill_needed(turn)
    turn.get_by_label("Votre nom").fill(POLYGLOT)
    turn.get_by_label("Que se passe-t-il").fill(POLYGLOT)
    turn.get_by_role("radio", name="Box Mini").check(force=True)
    turn.get_by_role("button", name="Envoyer le dossier").click()
    expect(turn).to_contain_text("Answered")
    assert unharmed(counter.page) == []
    bob = Desk.of(arrives(people, "bob", user=side.agent), side.slug, "all")
    bob.page.goto(f"/{side.slug}/inbox/all/{counter.place.pk}/")
    expect(bob.card("Parlons de votre panne")).to_contain_text(POLYGLOT[:12])
    assert unharmed(bob.page) == []


WORST = [POLYGLOT, ELEMENTS["out of an attribute"], ATTRIBUTES["in double quotes"], TEMPLATES["braces"]]


def hostile(text: str) -> list[Card]:
    option = Option(id=text, title=text, subtitle=text)
    fields = tuple(
        Field(id=f"{kind}{text}", label=text, type=kind, options=(option,)) for kind in cards.FIELD_TYPES
    )
    return [
        QuickReplies(id=uuid4().hex, prompt=text, options=(option,)),
        ListPicker(
            id=uuid4().hex, title=text, subtitle=text, sections=(Section(title=text, options=(option,)),)
        ),
        Form(id=uuid4().hex, title=text, fields=fields, submit=text),
        Link(id=uuid4().hex, text=text, button=text, url=f"https://x.example/{text}"),
        cards.LocationRequest(id=uuid4().hex, prompt=text),
        cards.Location(id=uuid4().hex, latitude=1, longitude=2, title=text, address=text),
        cards.ContactCard(id=uuid4().hex, name=text, phone=text),
    ]

"""Active content in every field, looked at in a real browser whose policy is switched off: not a Content-
Security-Policy saves the reader but that nothing of it ever becomes part of a page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from apps.conversations.receive import receive
from apps.core import tenancy
from apps.sandbox import phones
from apps.tenants.models import User
from tests.browser.desk import Desk
from tests.browser.panel import Panel
from tests.browser.people import People, Visit
from tests.isolation.rich import enrich
from tests.security.active import ATTRIBUTES, CORPUS, ELEMENTS, TEMPLATES, TRAP
from tests.security.planting import plant
from tests.service import Service
from tests.widget.panels import agent_says, conversation_of
from tests.worlds import Side, said

pytestmark = [
    pytest.mark.browser,
    pytest.mark.advisory("S8", "Zulip CVE-2024-36625", "ChatterMate CVE-2026-24399"),
]

OWN_PAGES = ["inbox/all/", "setup/", "setup/channels/", "setup/team/", "setup/tokens/", "setup/audit/"]
OWN_PAGES += ["setup/buttons/", "sandbox/"]

ARMED = "window.pwned = 0; window.__pwned = () => { window.pwned += 1 }"
# Elements and attributes of the corpus in the page, and addresses that would run something.
INTRUDERS = """() => [...document.querySelectorAll("*")].filter(element =>
  [...element.attributes].some(({ name, value }) => name.includes("pwned")
    || (/^(on|hx-on|srcdoc|style)/.test(name) && value.includes("pwned"))
    || (/^(href|src|action|formaction|data|xlink:href)$/.test(name)
        && /^\\s*(javascript|vbscript|data:text)/i.test(value.replace(/[\\s\\u0000]/g, ""))))
).map(element => element.outerHTML.slice(0, 200))"""


def arrives(people: People, name: str, **options: object) -> Visit:
    """Somebody whose browser obeys no policy and whose pages are armed."""
    visit = people.comes(name, bypass_csp=True, **options)
    visit.context.add_init_script(ARMED)
    return visit


def unharmed(page: Page | Frame) -> list[str]:
    """What got through; [] when nothing did."""
    ran = page.evaluate("window.pwned")
    return [*page.evaluate(INTRUDERS), *([f"{page.url} ran {ran}"] if ran else [])]


def test_the_trap_works(chromium: Browser) -> None:
    """With the corpus as markup it is sprung."""
    context = chromium.new_context()
    context.add_init_script(ARMED)
    page = context.new_page()
    page.goto("data:text/html,")
    page.set_content("".join(f"<div>{text}</div>" for text in ELEMENTS.values() if "</title>" not in text))
    page.wait_for_function("window.pwned > 3")
    assert len(unharmed(page)) > 5
    context.close()


@pytest.mark.advisory("S8", "Zulip CVE-2026-24050", "ChatterMate CVE-2026-24399")
def test_nobody_who_reads_runs_anything(people: People, side: Side, service: Service) -> None:
    """S8: the owner in console and portal, an operator in admin, a visitor, somebody at the pretend phone."""
    service.stop("worker")  # it and the planting would change the same rows
    enrich(side, "oscar")
    with tenancy.scope(side.id):
        phones.ensure_phone()
    plant(side, (*ELEMENTS.values(), *ATTRIBUTES.values()))
    alice, oscar = arrives(people, "alice", user=side.owner), User.objects.get(email="oscar@example.com")
    owner, operator = alice.opens(), arrives(people, "oscar", user=oscar).opens()
    pages = [(owner, f"/{side.slug}/{path}") for path in OWN_PAGES]
    pages += [(owner, f"/{side.slug}/setup/entry-points/{side.entry_point.key}/")]
    pages += [(owner, f"/e/{side.entry_point.key}/"), (operator, "/admin/tenants/tenant/")]
    for page, path in pages:
        page.goto(path)
        assert (path, unharmed(page)) == (path, [])
        assert TRAP in page.content()


@pytest.mark.advisory("S8", "Zulip CVE-2024-36625")
def test_an_agent_reads_it_live(people: People, side: Side) -> None:
    """What is pushed is the same as what is loaded: a frame's HTML becomes elements by our script."""
    desk = Desk.of(arrives(people, "bob", user=side.agent), side.slug)
    desk.opens("Bonjour")
    for text in CORPUS.values():
        with tenancy.scope(side.id):
            receive(side.channel, said(text, to=side.channel.address))
    with tenancy.scope(side.id):
        receive(side.channel, said("C’est tout", to=side.channel.address))
    desk.hears("C’est tout")
    assert unharmed(desk.page) == []
    expect(desk.page.locator("#timeline .turn--in")).to_have_count(len(CORPUS) + 2)
    for text in (*ELEMENTS.values(), *TEMPLATES.values()):
        expect(desk.page.locator("#timeline").get_by_text(text, exact=False).first).to_be_attached()


@pytest.mark.advisory("S8", "LiveHelperChat GHSA-x3g3-jh26-76cf")
def test_a_visitor_reads_it(people: People, side: Side) -> None:
    """The panel makes its elements itself."""
    panel = Panel(arrives(people, "visitor").opens(f"/e/{side.entry_point.key}/"))
    panel.starts()
    panel.says(ELEMENTS["picture"])
    panel.is_taken()
    place = conversation_of(side, ELEMENTS["picture"])
    for text in CORPUS.values():
        if words := text.strip()[:9000]:
            agent_says(side, place, words)
    agent_says(side, place, "C’est tout")
    panel.hears("C’est tout")
    assert unharmed(panel.frame) == []
    assert unharmed(panel.page) == []
    shown = " ".join(" ".join(panel.everything()).split())
    assert [
        text for text in (*ELEMENTS.values(), *TEMPLATES.values()) if " ".join(text.split()) not in shown
    ] == []

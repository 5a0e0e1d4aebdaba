"""The loader and the panel in a real browser, on a business's page with a policy as strict as they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from apps.core import tenancy
from tests.chromium import launched
from tests.service import Service
from tests.worlds import Side, make_side

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>Shop</title>
<form name="querySelector"></form><img name="getElementById" alt="">
<a id="link" href="{base}/e/{key}/">Write to us</a>
<script async src="{base}/widget/loader.js" data-key="{key}" data-launcher="Chat"></script>"""


class Shop(ThreadingHTTPServer):
    """The business's own site, on another origin than ours. Below /closed/ it lets nobody be framed."""

    base = key = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Pages(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        frames = "'none'" if self.path.startswith("/closed/") else self.server.base
        policy = f"default-src 'none'; script-src {self.server.base}; frame-src {frames}"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Security-Policy", f"{policy}; require-trusted-types-for 'script'")
        self.end_headers()
        self.wfile.write(PAGE.format(base=self.server.base, key=self.server.key).encode())

    def log_message(self, *_: object) -> None:
        """Quietly."""


@pytest.fixture
def here(service: Service) -> Side:
    return make_side("Filante", "alice", "bob")


@pytest.fixture
def shop(service: Service, here: Side) -> Iterator[Shop]:
    site = Shop(("127.0.0.1", 0), Pages)
    site.base, site.key = service.url, here.entry_point.key
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield site
    site.shutdown()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def until(page: Page, condition: str) -> None:
    """Playwright's own waiting evaluates text in the page, which the shop's policy forbids."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {condition}")


def panel_in(page: Page, site: Shop) -> Frame:
    """The panel, once a click on the link has opened it."""
    ours = f"/widget/frame/{site.key}/"
    with page.expect_event("framenavigated", lambda frame: ours in frame.url) as navigated:
        page.click("#link")
    frame: Frame = navigated.value
    until(page, "document.activeElement.localName === 'comptoir-chat'")
    frame.wait_for_selector("#welcome:not([hidden]), #talk:not([hidden])")
    return frame


@pytest.mark.advisory("S21", "postMessage without event.origin", "BlackFan's list of __proto__ in queries")
def test_a_visitor_writes_from_the_businesss_page(chromium: Browser, shop: Shop) -> None:
    page = chromium.new_page()
    page.goto(f"{shop.origin}/?__proto__[polluted]=1")
    until(page, "!!window.Comptoir")
    frame = panel_in(page, shop)
    frame.click("#welcome button")
    frame.fill("#text", "Depuis la boutique")
    frame.press("#text", "Enter")
    expect(frame.locator(".wg-receipt")).to_contain_text(":")
    # S21: the host page can neither read the token nor speak in the frame's name, nor the other way round.
    assert page.evaluate("JSON.stringify({...localStorage})") == "{}"
    page.evaluate("postMessage({comptoir: 1, type: 'close'}, '*')")
    frame.evaluate("postMessage({comptoir: 1, type: 'forget'}, '*')")
    expect(frame.locator("#talk")).to_be_visible()
    assert page.evaluate("[({}).polluted, Object.isFrozen(Comptoir)]") == [None, True]
    page.keyboard.press("Escape")
    until(page, "document.activeElement.id === 'link'")
    page.evaluate("document.body.replaceChildren()")  # as single-page applications do
    page.evaluate("Comptoir.open()")
    expect(frame.locator("#turns .bubble")).to_have_text(["Depuis la boutique"])


def test_a_site_that_forbids_the_frame_still_has_a_link(chromium: Browser, shop: Shop) -> None:
    page = chromium.new_page()
    page.goto(f"{shop.origin}/closed/")
    until(page, "!!window.Comptoir")
    page.click("#link")
    page.wait_for_url(f"{shop.base}/e/{shop.key}/")


def test_a_site_that_is_not_on_the_list_shows_no_panel(chromium: Browser, shop: Shop, here: Side) -> None:
    with tenancy.scope(here.id):
        here.entry_point.allowed_origins = ["https://shop.example"]
        here.entry_point.save()
    page = chromium.new_page()
    page.goto(shop.origin)
    until(page, "!!window.Comptoir")
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.click("#link")
    assert all("/widget/frame/" not in each.url for each in page.frames)

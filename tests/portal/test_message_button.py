"""The button on a stranger's page, in a real Chromium, under a policy that allows our stylesheet only."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page

from apps.connections import button_sheet, snippet
from apps.connections.models import EntryPoint
from apps.connections.snippet import Size, Theme
from apps.core.ids import new_id
from tests.chromium import launched

STRICT = "default-src 'none'; style-src {origin}; base-uri 'none'"
HOSTILE = "a:link,a:visited{color:red;text-decoration:underline} *{box-sizing:content-box}"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """A site with every button on it, whose own sheet fights with ours."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    origin = f"http://127.0.0.1:{server.server_port}"
    point = EntryPoint(tenant_id=new_id(), key="k3y", name="ADSL", tag="adsl", button_text="Écrire")
    buttons = [snippet.button(point, size=size, theme=theme) for size in Size for theme in Theme]
    bare = '<a class="cpt-mb" id="bare" href="/e/k3y/">Écrire</a>'
    sheets = '<link rel="stylesheet" href="/hostile.css"><link rel="stylesheet" href="/b.css">'
    page = f"<!doctype html><meta charset=utf-8>{sheets}{''.join(buttons)}{bare}"

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files = {"/": page.encode(), "/b.css": button_sheet.content(), "/hostile.css": HOSTILE.encode()}
            body = files.get(self.path, b"")
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if self.path.endswith("css") else "text/html")
            self.send_header("Content-Security-Policy", STRICT.format(origin=origin))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server.RequestHandlerClass = Site
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield origin
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def shown(stranger: str) -> Iterator[Page]:
    with launched() as browser:
        page = browser.new_page()
        page.complaints = []  # type: ignore[attr-defined]
        page.on("console", lambda message: page.complaints.append(message.text))  # type: ignore[attr-defined]
        page.goto(stranger + "/")
        yield page


def test_nothing_is_refused_by_the_policy(shown: Page) -> None:
    policy = [words for words in shown.complaints if "Security Policy" in words]  # type: ignore[attr-defined]
    assert [words for words in policy if "favicon" not in words] == []


@pytest.mark.parametrize(("size", "height"), [("", 44), ("--s", 34), ("--l", 60), ("--icon", 44)])
def test_every_size_is_as_high_as_promised(shown: Page, size: str, height: int) -> None:
    where = f".cpt-mb{size}" if size else ".cpt-mb:not(.cpt-mb--s, .cpt-mb--l, .cpt-mb--icon)"
    for box in (item.bounding_box() for item in shown.locator(where).all()):
        assert box is not None
        assert round(box["height"]) == height
        assert box["width"] >= height


def test_the_pages_own_sheet_does_not_repaint_it(shown: Page) -> None:
    looks = shown.eval_on_selector_all(
        ".cpt-mb",
        "all => all.map(a => { const s = getComputedStyle(a); return [s.color, s.textDecorationLine] })",
    )
    assert "rgb(255, 0, 0)" not in {colour for colour, _ in looks}
    assert {line for _, line in looks} == {"none"}


def test_words_stand_out_in_every_colour(shown: Page) -> None:
    """WCAG 2.2: at least 4.5 between the text and the shape behind it."""
    pairs = shown.eval_on_selector_all(
        ".cpt-mb",
        "all => all.map(a => [getComputedStyle(a).color, getComputedStyle(a, '::before').backgroundColor])",
    )
    assert len(pairs) == len(Size) * len(Theme) + 1
    assert min(contrast(ink, ground) for ink, ground in pairs) >= 4.5


def test_the_focus_ring_shows_on_light_and_on_dark(shown: Page) -> None:
    shown.keyboard.press("Tab")
    ring = shown.evaluate(
        "() => { const s = getComputedStyle(document.activeElement); return [s.outlineColor, s.boxShadow] }"
    )
    assert ring == ["rgb(31, 79, 192)", "rgb(255, 255, 255) 0px 0px 0px 3px"]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Of "rgb(r, g, b)" as browsers write it."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""What strangers' pages load: small, cacheable, harmless."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from apps.connections.models import Channel, ChannelState, EntryPointChannel, EntryPointDay
from apps.core import tenancy
from apps.widget import colours
from apps.widget.views import loader
from tests.worlds import Side


def test_the_loader_stays_under_three_kilobytes() -> None:
    assert len(gzip.compress(loader.content(), 9)) <= loader.MOST_BYTES


@pytest.mark.parametrize(("address", "most"), [("/widget/loader.js", loader.MOST_BYTES), ("/b.css", 2048)])
def test_what_strangers_load_travels_small(address: str, most: int) -> None:
    browser = Client(headers={"Accept-Encoding": "gzip, br"})
    answer = browser.get(address)
    assert (answer["Content-Encoding"], "Accept-Encoding" in answer["Vary"]) == ("gzip", True)
    assert len(answer.content) <= most
    assert gzip.decompress(answer.content) == Client().get(address).content
    assert browser.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_the_loader_is_served_to_any_site_and_kept() -> None:
    answer = Client().get("/widget/loader.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "max-age" in answer["Cache-Control"] and not answer.cookies
    again = Client().get("/widget/loader.js", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "forbidden",
    [r"innerHTML", r"\beval\b", r"\.cookie", r"localStorage", r'postMessage\([^;]*"\*"', r"token"],
)
@pytest.mark.advisory("S21", "postMessage without event.origin")
def test_the_loader_leaves_alone(forbidden: str) -> None:
    """S21: no markup from text, no storage, no message to just anybody; of the token it knows nothing."""
    assert re.search(forbidden, loader.content().decode()) is None


def test_a_view_of_the_panel_is_counted_once(filante: Side) -> None:

    address = f"/widget/frame/{filante.entry_point.key}/"
    Client().get(address)
    Client().get(f"{address}?seen=1")
    with tenancy.scope(filante.id):
        assert [(row.views, row.taps) for row in EntryPointDay.objects.filter(taps__gt=0)] == [(1, 1)]


def test_a_button_may_lead_straight_into_an_app(filante: Side) -> None:
    with tenancy.scope(filante.id):
        point = filante.entry_point
        channel = Channel.objects.create(platform="viber", name="V", address="acme", state=ChannelState.LIVE)
        EntryPointChannel.objects.create(entry_point=point, channel=channel, position=1)
    answer = Client().get(f"/e/{point.key}/1/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"viber://pa?chatURI=acme&context={point.tag}")


@pytest.mark.parametrize(
    ("colour", "expected", "ink"),
    [
        ("#17523f", "#17523f", colours.WHITE),
        ("#FFE000", "#ffe000", colours.BLACK),
        ("#767676", "#767676", colours.WHITE),
        ("red; } body { display: none", colours.FALLBACK, colours.WHITE),
        ("", colours.FALLBACK, colours.WHITE),
    ],
)
def test_a_colour_is_safe_and_readable(colour: str, expected: str, ink: str) -> None:
    safe = colours.safe_colour(colour)
    assert (safe, colours.ink_on(safe)) == (expected, ink)
    assert colours.contrast(ink, safe) >= 4.5

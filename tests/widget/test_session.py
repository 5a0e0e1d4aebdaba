"""Who may hold a token, for how long, from which site."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.connections.entry_points import archive
from apps.connections.models import ChannelState
from apps.core import tenancy
from apps.widget import doors, limits, sessions
from apps.widget.limits import SESSIONS_PER_ADDRESS, Buckets, Limit, TooOften
from apps.widget.models import Visitor
from tests.widget.panels import OWN, Panel, panel
from tests.worlds import Side


def change(side: Side, device: Panel, **facts: object) -> None:
    with tenancy.scope(side.id):
        assert Visitor.objects.filter(sessions.good(device.token)).update(**facts) == 1


def test_a_token_brings_the_same_visitor_back(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    before = device.token
    assert (device.texts(), device.token) == (["bonjour"], before)


def test_a_token_is_changed_every_day_and_the_old_one_dies_soon(filante: Side) -> None:
    device = panel(filante)
    device.say("bonjour")
    old = device.token
    change(filante, device, rotated_at=timezone.now() - timedelta(hours=25))
    assert (device.texts(), device.token != old) == (["bonjour"], True)
    sibling = Panel(device.key, token=old)
    assert sibling.post("typing/", {"on": True}).status_code == 200
    change(filante, device, former_until=timezone.now() - timedelta(seconds=1))
    assert sibling.post("typing/", {"on": True}).status_code == 401
    assert device.post("typing/", {"on": True}).status_code == 200


@pytest.mark.advisory("S15", "Chatwoot #15775")
def test_only_the_hash_of_a_token_is_kept(filante: Side) -> None:
    device = panel(filante)
    assert device.token.startswith(doors.PREFIX)
    with tenancy.scope(filante.id):
        row = Visitor.objects.filter(sessions.good(device.token)).values().get()
    assert device.token not in str(row)


@pytest.mark.parametrize("fault", ["expired", "revoked", "archived", "unknown", "in the address", "none"])
def test_a_token_that_is_not_good_gets_the_same_answer(filante: Side, fault: str) -> None:
    """I7."""
    device = panel(filante)
    path = "typing/"
    if fault == "expired":
        change(filante, device, expires_at=timezone.now())
    elif fault == "revoked":
        assert device.post("session/end/").status_code == 200
    elif fault == "archived":
        with tenancy.scope(filante.id):
            archive(filante.entry_point, actor="alice")
    elif fault == "unknown":
        device.token = doors.PREFIX + "x" * 43
    else:
        path, device.token = (f"typing/?token={device.token}" if fault != "none" else path), ""
    answer = device.post(path, {"on": True})
    assert (answer.status_code, answer.json()["error"]) == (401, "no_session")


@pytest.mark.parametrize("fault", ["unknown", "archived", "channel off", "no panel", "nul"])
def test_an_entry_point_without_a_panel_is_not_there(filante: Side, fault: str) -> None:
    device = Panel(filante.entry_point.key)
    with tenancy.scope(filante.id):
        if fault == "archived":
            archive(filante.entry_point, actor="alice")
        elif fault == "channel off":
            filante.channel.state = ChannelState.DISABLED
            filante.channel.save()
        elif fault == "no panel":
            filante.entry_point.places.all().delete()
    if fault in ("unknown", "nul"):
        device.key = "nobody" if fault == "unknown" else "no\x00body"
    answer = device.start()
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    if fault != "nul":
        assert Client().get(f"/widget/frame/{device.key}/").status_code == 404


ALLOWED = [
    # the entry point's list, the page's origin, may it talk
    ([], OWN, True),
    ([], None, True),
    ([], "https://any.example", True),
    ([], "http://localhost:3000", True),
    ([], "http://any.example", False),
    ([], "null", False),
    (["https://shop.example"], "https://shop.example", True),
    (["https://shop.example"], OWN, True),
    (["https://shop.example"], None, True),
    (["https://shop.example"], "https://www.shop.example", False),
    (["https://shop.example"], "https://shop.example.evil.example", False),
    (["https://shop.example"], "https://evil.example/https://shop.example", False),
    (["https://shop.example"], "http://shop.example", False),
    (["https://shop.example"], "https://shop.example:8443", False),
    (["https://shop.example"], "http://localhost:3000", False),
    (["https://shop.example"], "null", False),
]


@pytest.mark.parametrize(("allowed", "origin", "may"), ALLOWED)
@pytest.mark.advisory("S17", "Zammad GHSA-7f39-jjj6-7fwv")
def test_a_site_talks_only_where_it_may(
    filante: Side, allowed: list[str], origin: str | None, may: bool
) -> None:
    device = panel(filante)
    with tenancy.scope(filante.id):
        filante.entry_point.allowed_origins = allowed
        filante.entry_point.save()
    device.origin = origin
    for answer in (device.start(), device.post("typing/", {"on": True})):
        assert answer.status_code == (200 if may else 403)
        readable = origin if may else None
        assert answer.headers.get("Access-Control-Allow-Origin") == readable
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"] and answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies


def test_a_browser_may_ask_first(filante: Side) -> None:
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    answer = Client().options("/widget/v1/messages/", headers=headers)
    assert (answer.status_code, answer["Access-Control-Allow-Methods"]) == (204, "POST")
    assert answer["Access-Control-Allow-Headers"] == "authorization, content-type"


@pytest.mark.parametrize(
    ("allowed", "ancestors"),
    [
        ([], "'self' https: http://localhost:* http://127.0.0.1:*"),
        (["https://shop.example", "https://b.example"], "'self' https://shop.example https://b.example"),
    ],
)
def test_the_panel_is_framed_by_allowed_sites_only(filante: Side, allowed: list[str], ancestors: str) -> None:
    with tenancy.scope(filante.id):
        filante.entry_point.allowed_origins = allowed
        filante.entry_point.save()
    answer = Client().get(f"/widget/frame/{filante.entry_point.key}/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == ancestors
    assert (policy["script-src"], policy["style-src"]) == ("'self'", "'self'")
    assert "X-Frame-Options" not in answer.headers
    assert not answer.cookies


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [("", "de", "fr"), ("?lang=en", "fr", "en"), ("?lang=xx", "en", "fr")],
)
def test_the_panel_speaks_the_visitors_choice_then_the_entry_points_language(
    filante: Side, query: str, accepts: str, language: str
) -> None:
    url = f"/widget/frame/{filante.entry_point.key}/{query}"
    assert Client().get(url, headers={"Accept-Language": accepts})["Content-Language"] == language


def test_sessions_from_one_address_are_slowed_down(filante: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.buckets, "_now", lambda: 1000.0)
    burst = int(SESSIONS_PER_ADDRESS.burst)
    codes = [Panel(filante.entry_point.key).start().status_code for _ in range(burst + 1)]
    assert (set(codes[:burst]), codes[burst]) == ({200}, 429)


def test_a_bucket_refills() -> None:
    clock = [100.0]
    buckets, limit = Buckets(lambda: clock[0]), Limit("x", rate=0.5, burst=2)
    for _ in range(2):
        buckets.take(limit, "a")
    with pytest.raises(TooOften) as refused:
        buckets.take(limit, "a")
    assert refused.value.seconds == 2
    buckets.take(limit, "b")
    clock[0] += 2
    buckets.take(limit, "a")

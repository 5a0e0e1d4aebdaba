"""What another site could make a signed-in browser do, and where an answer could send it; generated from the
resolver, so that a new address is asked too."""

from __future__ import annotations

from importlib.metadata import version

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.test import Client

from tests.isolation.addresses import PLAIN, all_addresses
from tests.people import confirmed, typed_in
from tests.worlds import PASSWORD, World, signed_in

# Doors of programs and phones: they take no cookie, so there is nothing to forge with.
WITHOUT_COOKIE = ("hooks/", "api/v1/", "widget/v1/", "sandbox/")
NOTHING_TO_FORGE = {"livez", "readyz", "admin/jsi18n/"}

AWAY = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "http:evil.example",
]
AWAY += ["https:///evil.example", "\t//evil.example", "http://localhost@evil.example/"]


@pytest.mark.advisory("S17", "LiveHelperChat GHSA-rpg7-q4cv-p466", "LiveHelperChat GHSA-hx77-5p88-f92r")
@pytest.mark.parametrize("sent", ["form", "text/plain"])
def test_no_address_takes_a_change_from_another_site(world: World, sent: str) -> None:
    """S17: neither a form nor JSON dressed as text, without the page's token, from a foreign origin."""
    client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
    client.force_login(world.filante.owner, backend="django.contrib.auth.backends.ModelBackend")
    origin, taken = {"Origin": "https://evil.example"}, []
    for address in all_addresses():
        if address.route.startswith(WITHOUT_COOKIE) or address.route in NOTHING_TO_FORGE:
            continue
        path = f"/{address.plain}"
        for name in address.parameters:
            value = {"tenant": world.filante.slug, **PLAIN}.get(name, str(world.filante.conversation.pk))
            path = path.replace(f"<{name}>", value)
        kind = {"content_type": "text/plain"} if sent == "text/plain" else {}
        data = '{"text": "x"}' if sent == "text/plain" else {"text": "x"}
        status = client.post(path, data, headers=origin, **kind).status_code
        if status not in (403, 404, 405):
            taken.append((address.route, status))
    assert taken == []


@pytest.mark.advisory("S17", "Zammad GHSA-7f39-jjj6-7fwv")
def test_no_address_shares_cookies_with_another_site(world: World) -> None:
    """S17: CORS with credentials is nowhere."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(world.filante.owner, backend="django.contrib.auth.backends.ModelBackend")
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    for path in ("/", f"/{world.filante.slug}/inbox/mine/", "/api/v1/conversations/", "/widget/v1/session/"):
        for method in (client.get, client.options):
            answer = method(path, headers=asked)
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert answer.headers.get("Access-Control-Allow-Origin") in (None, "*", "https://evil.example")


@pytest.mark.advisory("S19", "allauth before 65.14.1")
@pytest.mark.parametrize("away", AWAY)
def test_no_door_leads_away(world: World, away: str) -> None:
    """S19: signing in and out, choosing a language, the operators' door."""
    owner = world.filante.owner
    stranger = Client(SERVER_NAME="localhost")
    form = {"login": owner.email, "password": PASSWORD, "next": away}
    answers = [stranger.post("/account/login/", form)]
    again = {"password": PASSWORD, "next": away}
    answers.append(stranger.post("/account/reauthenticate/", again))
    answers.append(stranger.post("/account/logout/", {"next": away}))
    answers.append(stranger.post("/i18n/setlang/", {"language": "fr", "next": away}))
    answers.append(stranger.post("/i18n/setlang/", {"language": "fr"}, headers={"Referer": away.strip()}))
    operators = Client(SERVER_NAME="localhost").get("/admin/login/", {"next": away})
    answers.append(Client(SERVER_NAME="localhost").get(operators["Location"]))
    led = [answer.headers.get("Location", "/") for answer in answers]
    assert all(each.startswith("/") and not each.startswith(("//", "/\\")) for each in led)


@pytest.mark.advisory("S13", "Rocket.Chat CVE-2026-55666")
def test_another_address_asks_for_the_password_again(world: World, mailoutbox: list[EmailMessage]) -> None:
    """S13: whoever finds a session open cannot make the account theirs."""
    found = signed_in(world.filante.owner)  # long after the password was typed
    asked = found.post("/account/email/", {"action_add": "", "email": "mallory@example.com"})
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert not EmailAddress.objects.filter(email="mallory@example.com").exists()
    known = confirmed(typed_in(world.filante.owner))
    known.post("/account/email/", {"action_add": "", "email": "alice2@example.com"})
    assert [mail.to for mail in mailoutbox] == [["alice2@example.com"]]


@pytest.mark.advisory("S13", "Zammad CVE-2026-84458", "Rocket.Chat CVE-2026-46423")
def test_no_account_is_linked_by_what_somebody_else_says() -> None:
    """S13: nobody signs in through another service yet. Whoever adds one shows here that an address counts
    only when both sides have proved it."""
    assert not apps.is_installed("allauth.socialaccount")
    assert settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory"


@pytest.mark.advisory("S7", "Daphne CVE-2026-44545", "Daphne CVE-2026-44546")
def test_daphne_has_its_fixes() -> None:
    """S7: and the Procfile sets the limit of a frame."""
    assert tuple(int(part) for part in version("daphne").split(".")) >= (4, 2, 3)
    procfile = (settings.BASE_DIR / "Procfile").read_text()
    assert "--websocket-max-message-size 65536" in procfile
    assert "--websocket-max-frame-size 65536" in procfile

"""A person's own pages: home, profile, link, sessions, second factor, password."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client

from apps.core import tenancy
from apps.tenants import access_changed
from apps.tenants.models import Membership, User
from apps.tenants.register import register_tenant
from apps.tenants.sign_in_link import make_link
from tests.people import confirmed, setup_url, typed_in
from tests.portal.reading import link_in, looks, path_of
from tests.worlds import PASSWORD, Side, person, signed_in


def test_home_leads_into_the_only_business(filante: Side) -> None:
    for user in (filante.owner, filante.agent):
        assert signed_in(user).get("/account/home/").headers["Location"] == f"/{filante.slug}/inbox/"


def test_an_owner_nobody_wrote_to_yet_sees_the_first_steps(db: None) -> None:
    zoe = person("zoe")
    register_tenant(zoe, "Fleurs")
    assert signed_in(zoe).get("/account/home/").headers["Location"] == "/fleurs/setup/"


def test_with_several_businesses_one_chooses(filante: Side, garance: Side) -> None:
    with tenancy.scope(garance.id):
        Membership.objects.create(user=filante.owner, role="agent")
    page = signed_in(filante.owner).get("/account/home/")
    assert [(place.slug, href) for place, href in page.context["ways"]] == [
        ("filante", "/filante/inbox/"),
        ("garance", "/garance/inbox/"),
    ]


def test_without_a_business_one_may_open_one(db: None) -> None:
    browser = signed_in(person("zoe"))
    page = browser.get("/account/home/")
    assert (page.status_code, page.context["ways"]) == (200, [])
    assert browser.post("/account/business/", {"business": ""}).status_code == 422
    opened = browser.post("/account/business/", {"business": "Fleurs"})
    assert opened.headers["Location"] == "/fleurs/setup/"


def test_the_profile_is_kept_and_follows_to_every_browser(filante: Side) -> None:
    browser = typed_in(filante.agent)
    form = {"name": "Robert", "locale": "fr", "theme": "dark"}
    answer = browser.post("/account/profile/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    bob = User.objects.get(pk=filante.agent.pk)
    assert (bob.name, bob.locale, bob.theme, bob.single_keys) == ("Robert", "fr", "dark", False)
    elsewhere = typed_in(bob)
    assert (elsewhere.cookies["lang"].value, elsewhere.cookies["theme"].value) == ("fr", "dark")
    bad = browser.post("/account/profile/", {**form, "locale": "xx"})
    assert (bad.status_code, list(bad.context["form"].errors)) == (422, ["locale"])


def test_looking_at_a_link_does_not_use_it_up(filante: Side) -> None:
    path = path_of(make_link(filante.agent, next="/filante/inbox/"))
    scanner, browser = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    assert [scanner.get(path).status_code for _ in range(3)] == [200, 200, 200]
    assert browser.post(path).headers["Location"] == "/filante/inbox/"
    assert browser.session["_auth_user_id"] == str(filante.agent.pk)
    used, invented = scanner.post(path), scanner.post("/account/link/" + "x" * 43 + "/")
    assert looks(used) == looks(invented)
    assert used.status_code == 404


def _code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def _with_second_factor(user: User) -> str:
    """Switches TOTP on through the pages; returns its secret."""
    browser = confirmed(typed_in(user))
    secret = browser.get("/account/2fa/totp/activate/").context["form"].secret
    answer = browser.post("/account/2fa/totp/activate/", {"code": _code(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(secret)


def test_a_second_factor_stands_behind_the_password(filante: Side) -> None:
    secret = _with_second_factor(filante.agent)
    _forget_used_codes()
    browser = Client(SERVER_NAME="localhost")
    form = {"login": filante.agent.email, "password": PASSWORD}
    asked = browser.post("/account/login/", form)
    assert asked.headers["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in browser.session
    wrong = browser.post("/account/2fa/authenticate/", {"code": "000000"})
    assert (wrong.status_code, "_auth_user_id" in browser.session) == (200, False)
    right = browser.post("/account/2fa/authenticate/", {"code": _code(secret)})
    assert right.headers["Location"] == "/account/home/"
    assert browser.session["_auth_user_id"] == str(filante.agent.pk)


def test_a_second_factor_stands_behind_the_link_too(filante: Side) -> None:
    _with_second_factor(filante.agent)
    browser = Client(SERVER_NAME="localhost")
    answer = browser.post(path_of(make_link(filante.agent)))
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert "_auth_user_id" not in browser.session


def _forget_used_codes() -> None:
    """A code works once; the next one comes in half a minute, which the test does not wait for."""
    cache.clear()


def test_sessions_are_listed_and_ended(filante: Side) -> None:
    here, there = typed_in(filante.agent), typed_in(filante.agent)
    assert len(here.get("/account/sessions/").context["sessions"]) == 2
    here.post("/account/sessions/")
    assert here.get("/account/home/").headers["Location"] == f"/{filante.slug}/inbox/"
    assert there.get("/account/home/").headers["Location"].startswith("/account/login/")


@pytest.mark.advisory("S5", "Chatwoot CVE-2021-3740")
def test_a_new_password_ends_every_session(filante: Side) -> None:
    here, there = confirmed(typed_in(filante.agent)), typed_in(filante.agent)
    new = "another bell at noon"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    answer = here.post("/account/password/change/", form)
    assert answer.status_code == 302, answer.context["form"].errors
    assert User.objects.get(pk=filante.agent.pk).check_password(new)
    for browser in (here, there):
        assert browser.get("/account/home/").headers["Location"].startswith("/account/login/")


def test_a_forgotten_password_is_reset_by_mail(filante: Side, mailoutbox: list[EmailMessage]) -> None:
    thief, browser = typed_in(filante.agent), Client(SERVER_NAME="localhost")
    known = browser.post("/account/password/reset/", {"email": filante.agent.email})
    unknown = browser.post("/account/password/reset/", {"email": "nobody@example.com"})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    mail = next(mail for mail in mailoutbox if mail.to == [filante.agent.email])
    form_url = browser.get(link_in(mail)).headers["Location"]
    new = "another bell at noon"
    assert browser.post(form_url, {"password1": new, "password2": new}).status_code == 302
    assert User.objects.get(pk=filante.agent.pk).check_password(new)
    assert thief.get("/account/home/").headers["Location"].startswith("/account/login/")


@pytest.mark.advisory("S18", "allauth before 65.3.0")
def test_a_wrong_password_and_an_unknown_address_look_alike(filante: Side) -> None:
    browser = Client(SERVER_NAME="localhost")
    answers = [
        browser.post("/account/login/", {"login": login, "password": "wrong one entirely"})
        for login in (filante.agent.email, "nobody@example.com")
    ]
    assert [answer.context["form"].non_field_errors() for answer in answers] == [
        ["The email address and/or password you specified are not correct."]
    ] * 2


def test_guessing_is_slowed_down(filante: Side) -> None:
    browser = Client(SERVER_NAME="localhost")
    for number in range(5):
        browser.post("/account/login/", {"login": filante.agent.email, "password": f"guess {number}"})
    browser.post("/account/login/", {"login": filante.agent.email, "password": PASSWORD})
    assert "_auth_user_id" not in browser.session


def test_a_disabled_person_is_out_at_once(filante: Side) -> None:
    browser = typed_in(filante.agent)
    User.objects.filter(pk=filante.agent.pk).update(is_active=False)
    access_changed.publish(filante.agent.pk, sign_out=True)
    assert browser.get(setup_url(filante, "team/")).headers["Location"].startswith("/account/login/")

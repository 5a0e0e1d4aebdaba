"""Zoe opens her counter: one form, one mail, and she stands in front of her first steps."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from apps.core import tenancy
from apps.tenants import doors
from apps.tenants.models import AuditEntry, Membership, Team, User
from apps.tenants.register import register_tenant
from tests.portal.reading import link_in
from tests.worlds import Side

FORM = {"business": "Zoé Fleurs", "email": "Zoe@example.com", "password1": "peonies in the rain"}


def _sign_up(client: Client, **changes: str) -> Any:
    return client.post("/account/signup/", {**FORM, **changes})


def test_from_the_form_to_the_first_steps(db: None, mailoutbox: list[EmailMessage]) -> None:
    browser = Client(SERVER_NAME="localhost")
    answer = _sign_up(browser)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/confirm-email/")
    zoe = User.objects.get()
    assert (zoe.email, zoe.password.split("$")[0]) == ("zoe@example.com", "argon2")
    (place,) = doors.places_of(zoe.pk)
    assert (place.slug, place.name, place.role) == ("zoe-fleurs", "Zoé Fleurs", "owner")

    closed = browser.get("/zoe-fleurs/setup/team/")
    assert closed.headers["Location"].startswith("/account/login/")
    confirm = link_in(mailoutbox[0])
    browser.get(confirm)
    assert not EmailAddress.objects.get(user=zoe).verified
    browser.post(confirm)
    assert EmailAddress.objects.get(user=zoe).verified
    assert browser.get("/account/home/").headers["Location"] == "/zoe-fleurs/setup/"
    with tenancy.scope(place.tenant_id):
        assert list(Team.objects.values_list("slug", "is_default")) == [("front-desk", True)]
        assert list(AuditEntry.objects.values_list("action", flat=True)) == [
            "tenant.registered",
            "person.signed_in",
        ]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password1": "short"}, "password1"),
        ({"password1": "password1234"}, "password1"),
        ({"password1": "zoe@example.com"}, "password1"),
        ({"business": ""}, "business"),
        ({"email": "zoe"}, "email"),
    ],
)
def test_a_form_that_fails_keeps_what_was_typed(db: None, changes: dict[str, str], field: str) -> None:
    answer = _sign_up(Client(), **changes)
    typed = {**FORM, **changes}
    assert list(answer.context["form"].errors) == [field]
    page = answer.content.decode()
    for name in ("business", "email"):
        assert not typed[name] or f'value="{typed[name]}"' in page
    assert f'value="{typed["password1"]}"' not in page.replace(f'value="{typed["email"]}"', "")
    assert User.objects.count() == 0


def test_a_known_address_gets_the_same_answer(filante: Side, mailoutbox: list[EmailMessage]) -> None:
    new, known = _sign_up(Client()), _sign_up(Client(), email=filante.owner.email)
    assert (known.status_code, known.headers["Location"]) == (new.status_code, new.headers["Location"])
    assert User.objects.filter(email=filante.owner.email).count() == 1
    assert [place.slug for place in doors.places_of(filante.owner.pk)] == [filante.slug]
    assert [mail.to for mail in mailoutbox] == [["zoe@example.com"], [filante.owner.email]]
    assert "/account/confirm-email/" not in str(mailoutbox[1].body)


def test_neither_person_nor_business_without_the_other(filante: Side) -> None:
    """Every address that the business could get is taken, so it cannot be made: the person must not stay."""
    for _ in range(48):
        register_tenant(filante.owner, filante.tenant.name)
    with pytest.raises(ValueError, match="no free address"):
        _sign_up(Client(), business=filante.tenant.name)
    assert not User.objects.filter(email="zoe@example.com").exists()


def test_the_same_form_twice_at_once_makes_one_person(database: None) -> None:
    start, places = Barrier(2), []

    def send() -> None:
        start.wait()
        places.append(_sign_up(Client()).headers["Location"])
        connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == ["/account/confirm-email/"] * 2
    assert [len(doors.places_of(user.pk)) for user in User.objects.all()] == [1]


def test_a_taken_name_gets_its_own_address(filante: Side) -> None:
    _sign_up(Client(), business=filante.tenant.name)
    zoe = User.objects.get(email="zoe@example.com")
    assert [place.slug for place in doors.places_of(zoe.pk)] == [f"{filante.slug}-2"]


@pytest.mark.parametrize("name", ["admin", "Account", "API", "widget"])
def test_a_reserved_address_is_not_given(db: None, name: str) -> None:
    _sign_up(Client(), business=name)
    (place,) = doors.places_of(User.objects.get().pk)
    assert place.slug == f"{name.lower()}-2"


def test_signing_up_does_not_make_one_a_member_elsewhere(filante: Side) -> None:
    _sign_up(Client())
    with tenancy.scope(filante.id):
        assert Membership.objects.count() == 2

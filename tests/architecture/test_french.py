"""The service speaks French: every page, in the language that its reader chose, and every mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from apps.backoffice import words
from apps.backoffice.site import site
from apps.connections.models import ChannelState, Health, WebhookState
from apps.conversations.models import DeliveryStatus
from apps.tenants.models import User
from apps.tenants.models.tenant import TenantState
from tests.architecture import texts
from tests.conftest import empty_database
from tests.isolation.addresses import Address, all_addresses, fill_in
from tests.isolation.rich import enrich, identifiers
from tests.worlds import Side, World, make_world, signed_in

PROGRAMS = ("api/", "hooks/", "admin/")  # and the operators', below
ADDRESSES = [a for a in all_addresses() if not a.route.startswith(PROGRAMS) and "(?P" not in a.route]
OPERATORS = [
    a for a in all_addresses() if a.route.startswith("admin/") and not a.parameters and "(?P" not in a.route
]
FRENCH = {"HTTP_ACCEPT_LANGUAGE": "fr-FR,fr;q=0.9,en;q=0.8"}

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|{\w*}|<[^>]+>")


def telling() -> list[str]:
    """Pieces of our English that cannot stand in a French page by chance: four words and more."""
    found = set()
    for message in texts.french():
        for told in message.id if isinstance(message.id, tuple) else (message.id,):
            pieces = (" ".join(piece.split()) for piece in PLACEHOLDER.split(told))
            found |= {piece for piece in pieces if piece.count(" ") >= 3}
    return sorted(found - {str(message.string) for message in texts.french()})


ENGLISH = telling()


@pytest.fixture(scope="module")
def committed(django_db_blocker: Any) -> Iterator[World]:
    """Made once, because making it takes longer than looking at its pages."""
    with django_db_blocker.unblock():
        world = make_world()
        enrich(world.filante, "oscar")
        yield world
        empty_database()


@pytest.fixture
def side(committed: World) -> Iterator[Side]:
    with transaction.atomic():
        yield committed.filante
        transaction.set_rollback(True)


def english_in(response: HttpResponse) -> list[str]:
    seen = texts.visible(response.content.decode())
    return [words for words in ENGLISH if words in seen]


def pages(client: Client, side: Side, address: Address) -> list[HttpResponse]:
    """What the address shows for each row that it may mean."""
    values = identifiers(side).values() if address.parameters else [""]
    answers = [client.get(fill_in(address, side.slug, value), **FRENCH) for value in values]  # type: ignore[arg-type]
    return [answer for answer in answers if answer.headers.get("Content-Type", "").startswith("text/html")]


def language_of(response: HttpResponse) -> str:
    found = re.search(r'<html lang="([^"]+)"', response.content.decode())
    return found[1] if found else ""


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_a_page_in_french_has_no_english(side: Side, address: Address) -> None:
    strangers = [] if address.under_tenant else [Client(SERVER_NAME="localhost")]
    for client in (signed_in(side.owner), *strangers):
        for response in pages(client, side, address):
            assert english_in(response) == []
            assert language_of(response) in ("fr", "")  # pieces of pages do not say


@pytest.mark.parametrize("address", OPERATORS, ids=lambda address: address.name)
def test_an_operators_page_in_french_has_no_english(side: Side, address: Address) -> None:
    oscar = signed_in(User.objects.get(email="oscar@example.com"))
    for response in pages(oscar, side, address):
        assert english_in(response) == []


def test_the_net_catches_english(side: Side) -> None:
    response = signed_in(side.owner).get(f"/{side.slug}/setup/")
    assert language_of(response) == "en"
    told = "On Apple Messages and web chat you see an identifier and a language, not a name."
    assert told in english_in(response)


def test_the_browser_says_which_language() -> None:
    assert language_of(Client(SERVER_NAME="localhost").get("/", HTTP_ACCEPT_LANGUAGE="fr")) == "fr"
    assert language_of(Client(SERVER_NAME="localhost").get("/", HTTP_ACCEPT_LANGUAGE="de")) == "en"


def test_the_visitors_choice_goes_before_the_browser(db: None) -> None:
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.post("/i18n/setlang/", {"language": "fr", "next": "/"})
    assert language_of(client.get("/")) == "fr"


def test_the_profile_goes_before_the_browser(world: World) -> None:
    side = world.filante
    client = signed_in(side.owner)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = client.post("/account/profile/", {"name": "Alice", "locale": "fr", "theme": "system"}, follow=True)
    assert language_of(page) == "fr"
    side.owner.refresh_from_db()
    assert side.owner.locale == "fr"


def test_mail_is_in_the_language_of_whoever_reads_it(world: World) -> None:
    reader = world.filante.agent
    reader.locale = "fr"
    reader.save(update_fields=["locale"])
    client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE="en")
    client.post("/account/password/reset/", {"email": reader.email})
    assert [(sent.to, sent.subject.split("] ")[-1]) for sent in mail.outbox] == [
        ([reader.email], "Un nouveau mot de passe")
    ]
    assert "Ouvrez ce lien pour choisir un nouveau mot de passe" in mail.outbox[0].body


def test_an_invitation_is_in_the_language_of_the_business(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    side = world.filante
    client = signed_in(side.owner)
    assert side.tenant.locale == "fr"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            f"/{side.slug}/setup/team/invite/",
            {"email": "zoe@example.com", "role": "agent"},
            HTTP_ACCEPT_LANGUAGE="en",
        )
    assert [sent.subject for sent in mail.outbox] == ["Alice vous invite à rejoindre Filante"]
    assert EmailAddress.objects.filter(email="zoe@example.com").exists() is False


def test_operators_lists_name_everything() -> None:
    """A model, column or state that a list shows has a name in the reader's language."""
    shown = {
        field.name
        for model, page in site._registry.items()
        for field in model._meta.fields
        if field.name in {*page.list_display, *(page.fields or ())}
    }
    assert shown - set(words.FIELDS) == set()
    assert {model.__name__ for model in site._registry} == set(words.MODELS)
    states = {*TenantState, *ChannelState, *Health, *WebhookState, *DeliveryStatus}
    assert {str(state) for state in states} - set(words.STATES) == {
        "sent",
        "delivered",
        "read",
    }  # never listed

"""From Apple Business Register into the form that connects the account: nothing happens on the way."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from apps.connections.models import Channel
from apps.core import tenancy
from tests.people import setup_url
from tests.worlds import Side, signed_in

BUSINESS = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"
LANDING = f"/account/apple/?id={BUSINESS.upper()}&name=Filante%20%26%20Co&logo=https://a.example/l.png"


def start(side: Side) -> str:
    return setup_url(side, "channels/new/apple_messages/")


def test_who_is_not_signed_in_comes_back_here(client: Client) -> None:
    answer = client.get(LANDING)
    asked = urlsplit(answer["Location"])
    assert answer.status_code == 302
    assert parse_qs(asked.query)["next"] == [LANDING]


def test_the_account_arrives_in_the_form(filante: Side) -> None:
    alice = signed_in(filante.owner)
    html = alice.get(LANDING).content.decode()
    assert (start(filante) in html, BUSINESS in html, "Filante &amp; Co" in html) == (True, True, True)
    assert 'src="https://a.example' not in html
    with tenancy.scope(filante.id):
        assert not Channel.objects.filter(platform="apple_messages").exists()
    answer = alice.post(start(filante), {"business_id": BUSINESS, "name": "Filante & Co", "secret": "x"})
    form = alice.get(answer["Location"]).content.decode()
    assert (f'value="{BUSINESS}"' in form, 'value="Filante &amp; Co"' in form) == (True, True)
    assert "secret=" not in answer["Location"]


def test_only_where_one_may_set_up(filante: Side) -> None:
    html = signed_in(filante.agent).get(LANDING).content.decode()
    assert (start(filante) in html, reverse("site:new_business") in html) == (False, True)


@pytest.mark.parametrize("given", ["", "?id=", "?id=<b>", f"?id={BUSINESS}0", "?name=Filante"])
def test_without_an_account_there_is_nothing_to_connect(filante: Side, given: str) -> None:
    html = signed_in(filante.owner).get(f"/account/apple/{given}").content.decode()
    assert start(filante) not in html

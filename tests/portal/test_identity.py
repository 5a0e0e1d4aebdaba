"""The secret that proves who a site's customers are: made, seen once, renewed, removed, and used as shown."""

from __future__ import annotations

import pytest
from django.test import Client

from apps.connections import identity_secrets
from apps.connections.models import IdentitySecret
from apps.core import tenancy
from apps.tenants.models import AuditEntry
from tests.people import add_member, confirmed, setup_url, typed_in
from tests.worlds import Side, signed_in


@pytest.fixture
def alice(filante: Side) -> Client:
    return confirmed(typed_in(filante.owner))


def path(side: Side, command: str = "") -> str:
    return setup_url(side, f"entry-points/{side.entry_point.key}/identity/{command}")


def good(side: Side) -> list[bytes]:
    with tenancy.scope(side.id):
        return identity_secrets.good(side.entry_point)


def test_it_is_shown_once(alice: Client, filante: Side) -> None:
    assert "No secret yet" in alice.get(path(filante)).content.decode()
    page = alice.post(path(filante, "renew/"))
    text = page.context["text"]
    assert [text.encode()] == good(filante)
    assert (text in page.content.decode(), "no-store" in page["Cache-Control"]) == (True, True)
    later = alice.get(path(filante)).content.decode()
    assert (text in later, f"ends in {text[-4:]}" in later) == (False, True)


def test_renewing_says_until_when_the_one_before_is_good(alice: Client, filante: Side) -> None:
    first, second = (alice.post(path(filante, "renew/")).context["text"] for _ in range(2))
    assert good(filante) == [second.encode(), first.encode()]
    assert "The one before stays good until" in alice.get(path(filante)).content.decode()
    with tenancy.scope(filante.id):
        IdentitySecret.objects.update(former_until="2026-01-01T00:00Z")
    assert good(filante) == [second.encode()]
    assert "The one before stays good until" not in alice.get(path(filante)).content.decode()


def test_removing_leaves_nothing_good_and_is_written_down(alice: Client, filante: Side) -> None:
    alice.post(path(filante, "renew/"))
    answer = alice.post(path(filante, "remove/"))
    assert (answer["Location"], good(filante)) == (path(filante), [])
    assert "Secret removed." in alice.get(path(filante)).content.decode()
    with tenancy.scope(filante.id):
        rows = AuditEntry.objects.filter(action__contains="identity_secret").order_by("pk")
        assert list(rows.values_list("action", "actor", "subject")) == [
            (f"entry_point.identity_secret_{what}", filante.owner.email, filante.entry_point.name)
            for what in ("rotated", "forgotten")
        ]


def test_making_and_removing_ask_for_the_password_again(filante: Side) -> None:
    with tenancy.scope(filante.id):
        identity_secrets.rotate(filante.entry_point, actor="alice")
    before, browser = good(filante), typed_in(filante.owner)
    for command in ("renew/", "remove/"):
        answer = browser.post(path(filante, command))
        assert answer["Location"].startswith("/account/reauthenticate/")
    assert good(filante) == before


def test_the_samples_carry_the_entry_points_key(alice: Client, filante: Side) -> None:
    page = alice.get(path(filante)).content.decode()
    assert f"&quot;aud&quot;: &quot;{filante.entry_point.key}&quot;" in page
    assert f"identify(proof, &quot;{filante.entry_point.key}&quot;" in page
    editor = alice.get(setup_url(filante, f"entry-points/{filante.entry_point.key}/"))
    assert f'href="{path(filante)}"' in editor.content.decode()


def test_without_web_chat_it_says_so(alice: Client, filante: Side) -> None:
    words = "This entry point offers no web chat."
    assert words not in alice.get(path(filante)).content.decode()
    with tenancy.scope(filante.id):
        filante.entry_point.places.all().delete()
    assert words in alice.get(path(filante)).content.decode()


@pytest.mark.parametrize("role", ["supervisor", "agent"])
def test_it_is_for_admins(filante: Side, role: str) -> None:
    browser = confirmed(typed_in(add_member(filante, "iris", role).user))
    answers = [browser.get(path(filante)), *(browser.post(path(filante, c)) for c in ("renew/", "remove/"))]
    assert {answer.status_code for answer in answers} == {403}
    assert good(filante) == []


def test_looking_changes_nothing(filante: Side) -> None:
    browser = signed_in(filante.owner)
    assert [browser.get(path(filante, command)).status_code for command in ("renew/", "remove/")] == [
        405,
        405,
    ]


def test_the_neighbour_can_neither_see_renew_nor_remove_it(filante: Side, garance: Side) -> None:
    with tenancy.scope(filante.id):
        identity_secrets.rotate(filante.entry_point, actor="alice")
    before = good(filante)
    charlie = typed_in(garance.owner)  # not asked for the password either: there is nothing here
    theirs = setup_url(garance, f"entry-points/{filante.entry_point.key}/identity/")
    for base in (theirs, path(filante)):
        answers = [charlie.get(base), charlie.post(f"{base}renew/"), charlie.post(f"{base}remove/")]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert (good(filante), good(garance)) == (before, [])

"""A token is read once, on the page that made it."""

from __future__ import annotations

from apps.core import tenancy
from apps.tenants import tokens
from apps.tenants.models import ApiToken
from tests.people import add_member, confirmed, opened_by, setup_url, typed_in
from tests.worlds import PASSWORD, Side, signed_in

FORM = {"name": "CRM", "role": "agent", "days": "30"}


def test_it_is_shown_once_and_revoked(filante: Side) -> None:
    browser = confirmed(typed_in(filante.owner))
    page = browser.post(setup_url(filante, "tokens/new/"), FORM)
    text = page.context["text"]
    found = opened_by(text)
    assert found is not None and found[0] == filante.id
    assert (text in page.content.decode(), "no-store" in page.headers["Cache-Control"]) == (True, True)
    later = browser.get(setup_url(filante, "tokens/")).content.decode()
    assert ("CRM" in later, text in later) == (True, False)
    browser.post(setup_url(filante, f"tokens/{found[1]}/revoke/"))
    assert opened_by(text) is None


def test_making_one_asks_for_the_password_again(filante: Side) -> None:
    answer = typed_in(filante.owner).post(setup_url(filante, "tokens/new/"), FORM)
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    with tenancy.scope(filante.id):
        assert ApiToken.objects.count() == 0


def test_after_the_password_the_form_goes_on_by_itself(filante: Side) -> None:
    browser = typed_in(filante.owner)
    asked = browser.post(setup_url(filante, "tokens/new/"), FORM)
    page = browser.post(asked.headers["Location"], {"password": PASSWORD})
    found = opened_by(page.context["text"])
    assert found is not None and found[0] == filante.id


def test_a_role_above_ones_own_is_no_choice(filante: Side) -> None:
    browser = confirmed(typed_in(add_member(filante, "iris", "admin").user))
    answer = browser.post(setup_url(filante, "tokens/new/"), {**FORM, "role": "owner"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])


def test_the_neighbour_cannot_revoke_it(filante: Side, garance: Side) -> None:
    with tenancy.scope(filante.id):
        token, text = tokens.issue(
            "CRM", role="agent", days=30, issuer=filante.owner_membership, actor="alice"
        )
    browser = signed_in(garance.owner)
    assert browser.post(setup_url(garance, f"tokens/{token.pk}/revoke/")).status_code == 404
    assert browser.post(setup_url(filante, f"tokens/{token.pk}/revoke/")).status_code == 404
    assert opened_by(text) == (filante.id, token.pk)

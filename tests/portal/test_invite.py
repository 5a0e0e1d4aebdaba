"""Alice invites from the team page; Nadia, Charlie and Mallory open the link."""

from __future__ import annotations

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from apps.core import tenancy
from apps.tenants.models import Invitation, Membership, User
from tests.people import add_member, setup_url, typed_in
from tests.portal.reading import link_in, looks
from tests.worlds import PASSWORD, Side, World, signed_in

NADIA = "nadia@example.com"


def _invite(side: Side, email: str, role: str = "agent") -> None:
    answer = signed_in(side.owner).post(setup_url(side, "team/invite/"), {"email": email, "role": role})
    assert answer.status_code == 302, answer.context["form"].errors


def test_a_new_colleague_joins(committed_world: World, mailoutbox: list[EmailMessage]) -> None:
    side = committed_world.filante
    _invite(side, NADIA, "supervisor")
    (mail,) = mailoutbox
    assert (mail.to, PASSWORD in str(mail.body)) == ([NADIA], False)
    link, browser = link_in(mail), Client(SERVER_NAME="localhost")
    page = browser.get(link)
    assert (page.status_code, page.headers["Cache-Control"].split(",")[0]) == (200, "max-age=0")
    weak = browser.post(link, {"name": "Nadia", "password": "short"})
    assert (weak.status_code, 'value="Nadia"' in weak.content.decode()) == (422, True)
    joined = browser.post(link, {"name": "Nadia", "password": PASSWORD})
    assert joined.headers["Location"] == f"/{side.slug}/inbox/"
    nadia = User.objects.get(email=NADIA)
    assert browser.session["_auth_user_id"] == str(nadia.pk)
    with tenancy.scope(side.id):
        assert Membership.objects.get(user=nadia).role == "supervisor"
    again = Client(SERVER_NAME="localhost").get(link)
    assert again.status_code == 404


def test_someone_with_an_account_signs_in_first(
    committed_world: World, mailoutbox: list[EmailMessage]
) -> None:
    side, charlie = committed_world.filante, committed_world.garance.owner
    _invite(side, charlie.email)
    link, browser = link_in(mailoutbox[0]), Client(SERVER_NAME="localhost")
    page = browser.get(link).content.decode()
    assert '<input type="password"' not in page
    assert f"/account/login/?next={link.replace('/', '%2F')}" in page
    browser.post(link, {"name": "Mallory", "password": "mallory knows this"})
    charlie.refresh_from_db()
    assert charlie.check_password(PASSWORD)

    browser = signed_in(charlie)
    assert browser.post(link).headers["Location"] == f"/{side.slug}/inbox/"
    home = browser.get("/account/home/").content.decode()
    assert [slug in home for slug in ("/filante/inbox/", "/garance/")] == [True, True]


def test_another_person_cannot_use_it(committed_world: World, mailoutbox: list[EmailMessage]) -> None:
    side, charlie = committed_world.filante, committed_world.garance.owner
    _invite(side, NADIA)
    answer = signed_in(charlie).post(link_in(mailoutbox[0]))
    assert answer.context["way"] == "other_person"
    with tenancy.scope(side.id):
        assert not Membership.objects.filter(user=charlie).exists()


def test_links_that_are_not_good_look_alike(committed_world: World, mailoutbox: list[EmailMessage]) -> None:
    side = committed_world.filante
    _invite(side, NADIA)
    owner = signed_in(side.owner)
    with tenancy.scope(side.id):
        pk = Invitation.objects.get().pk
    owner.post(setup_url(side, f"team/invitations/{pk}/revoke/"))
    browser = Client(SERVER_NAME="localhost")
    revoked, invented = browser.get(link_in(mailoutbox[0])), browser.get("/account/join/" + "x" * 43 + "/")
    assert looks(revoked) == looks(invented)
    assert revoked.status_code == 404


def test_resending_replaces_the_link(committed_world: World, mailoutbox: list[EmailMessage]) -> None:
    side = committed_world.filante
    _invite(side, NADIA)
    with tenancy.scope(side.id):
        pk = Invitation.objects.get().pk
    signed_in(side.owner).post(setup_url(side, f"team/invitations/{pk}/resend/"))
    old, new = (link_in(mail) for mail in mailoutbox)
    browser = Client(SERVER_NAME="localhost")
    assert [browser.get(link).status_code for link in (old, new)] == [404, 200]


def test_a_mail_server_that_is_away_is_told(committed_world: World, settings: object) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # type: ignore[attr-defined]
    side = committed_world.filante
    browser = signed_in(side.owner)
    form = {"email": NADIA, "role": "agent"}
    page = browser.post(setup_url(side, "team/invite/"), form, follow=True).content.decode()
    assert "could not be sent" in page
    assert NADIA in page


@pytest.mark.parametrize("role", ["supervisor", "agent"])
def test_only_admins_invite(filante: Side, role: str) -> None:
    member = add_member(filante, "iris", role)
    answer = typed_in(member.user).post(setup_url(filante, "team/invite/"), {"email": NADIA, "role": "agent"})
    assert answer.status_code == 403


def test_an_admin_cannot_offer_ownership(filante: Side) -> None:
    browser = signed_in(add_member(filante, "iris", "admin").user)
    answer = browser.post(setup_url(filante, "team/invite/"), {"email": NADIA, "role": "owner"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])
    assert f'value="{NADIA}"' in answer.content.decode()

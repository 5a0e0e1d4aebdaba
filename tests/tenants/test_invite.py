"""Alice asks people in; the link is good once, for its address, for three days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from apps.core import tenancy
from apps.tenants import invite, roles
from apps.tenants.models import AuditEntry, Invitation, Membership, Team, User
from tests.people import add_member
from tests.worlds import PASSWORD, Side

EMAIL = "nadia@filante.example"


def _invite(side: Side, *, role: str = "agent", team: str = "", by: Membership | None = None) -> str:
    with tenancy.scope(side.id):
        chosen = Team.objects.get(slug=team) if team else None
        return invite.invite(by or side.owner_membership, EMAIL, role=role, team=chosen)[1]


def test_a_new_person_joins_with_role_and_team(filante: Side) -> None:
    offer = invite.find(_invite(filante, role="supervisor", team="adsl"))
    assert offer is not None
    assert (offer.tenant_slug, offer.email, offer.role) == (filante.slug, EMAIL, "supervisor")
    invite.accept_as_new(offer, name="Nadia", password=PASSWORD)
    with tenancy.scope(filante.id):
        nadia = Membership.objects.get(user__email=EMAIL)
        assert (nadia.role, nadia.active) == ("supervisor", True)
        assert [place.team.slug for place in nadia.team_places.all()] == ["adsl"]
        last = AuditEntry.objects.order_by("-number")[:2]
        assert [entry.action for entry in last] == ["invitation.accepted", "invitation.sent"]


def test_the_token_is_nowhere_in_the_database(filante: Side) -> None:
    token = _invite(filante)
    with tenancy.scope(filante.id):
        invitation = Invitation.objects.get()
        assert bytes(invitation.token_hash) != token.encode()
        assert token not in str(vars(invitation))
        assert token not in str([entry.data for entry in AuditEntry.objects.all()])


@pytest.mark.parametrize("fault", ["used", "expired", "revoked", "renewed", "inviter left", "invented"])
def test_a_link_that_is_not_good_finds_nothing(filante: Side, garance: Side, fault: str) -> None:
    token = _invite(filante)
    offer = invite.find(token)
    assert offer is not None
    with tenancy.scope(filante.id):
        alice = filante.owner_membership
        invitation = Invitation.objects.get()
        if fault == "expired":
            past = timezone.now() - timedelta(seconds=1)
            Invitation.objects.filter(pk=invitation.pk).update(expires_at=past)
        elif fault == "revoked":
            invite.revoke(alice, invitation)
        elif fault == "renewed":
            invite.resend(alice, invitation)
        elif fault == "inviter left":
            Membership.objects.filter(pk=alice.pk).update(active=False)
    if fault == "used":
        invite.accept_as_new(offer, name="Nadia", password=PASSWORD)
    assert invite.find("x" + token if fault == "invented" else token) is None
    with pytest.raises(invite.NotGood):
        broken = offer if fault != "invented" else replace(offer, tenant_id=garance.id)
        invite.accept_as_new(broken, name="Nadia", password=PASSWORD)


def test_it_lasts_seventy_two_hours(filante: Side) -> None:
    _invite(filante)
    with tenancy.scope(filante.id):
        left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(hours=71, minutes=59) < left <= timedelta(hours=72)


@pytest.mark.advisory("S13", "Rocket.Chat CVE-2026-55666")
def test_only_the_invited_address_accepts(filante: Side, garance: Side) -> None:
    offer = invite.find(_invite(filante))
    assert offer is not None
    with pytest.raises(invite.NotGood):
        invite.accept(offer, garance.owner)


def test_someone_with_an_account_must_use_it(filante: Side, garance: Side) -> None:
    with tenancy.scope(filante.id):
        _, token = invite.invite(filante.owner_membership, "charlie@example.com", role="agent")
    offer = invite.find(token)
    assert offer is not None
    with pytest.raises(invite.NotGood):
        invite.accept_as_new(offer, name="Impostor", password="another password")
    garance.owner.refresh_from_db()
    assert garance.owner.check_password(PASSWORD)
    assert invite.accept(offer, garance.owner).role == "agent"


@pytest.mark.parametrize(
    ("inviter", "role", "allowed"),
    [
        ("owner", "owner", True),
        ("admin", "admin", True),
        ("admin", "owner", False),
        ("supervisor", "agent", False),
        ("agent", "agent", False),
    ],
)
@pytest.mark.advisory("S14", "Zulip CVE-2017-0896")
def test_nobody_invites_above_themselves(filante: Side, inviter: str, role: str, allowed: bool) -> None:
    actor = add_member(filante, "iris", inviter)
    if allowed:
        assert invite.find(_invite(filante, role=role, by=actor)) is not None
    else:
        with pytest.raises(roles.NotAllowed):
            _invite(filante, role=role, by=actor)


def test_a_member_is_not_invited_again(filante: Side) -> None:
    with tenancy.scope(filante.id), pytest.raises(invite.AlreadyMember):
        invite.invite(filante.owner_membership, "BOB@example.com", role="agent")


@pytest.mark.advisory("S23", "Zendesk mail bombs")
def test_a_new_business_is_no_machine_for_unwanted_mail(filante: Side) -> None:
    with tenancy.scope(filante.id):
        alice = filante.owner_membership
        for number in range(invite.PER_DAY):
            invite.invite(alice, f"person{number}@elsewhere.example", role="agent")
        with pytest.raises(invite.TooMany):
            invite.invite(alice, "onemore@elsewhere.example", role="agent")


def test_a_further_address_counts_too(filante: Side, garance: Side) -> None:
    """Charlie proved a second address; an invitation to it is his, and no second Charlie is made."""
    EmailAddress.objects.create(user=garance.owner, email=EMAIL, verified=True)
    offer = invite.find(_invite(filante))
    assert offer is not None
    with pytest.raises(invite.NotGood):
        invite.accept_as_new(offer, name="Nadia", password=PASSWORD)
    assert invite.accept(offer, garance.owner).user_id == garance.owner.pk


@pytest.mark.advisory("S13", "Zammad CVE-2026-84458")
def test_an_unproved_sign_up_loses_the_address_to_its_owner(filante: Side) -> None:
    """Mallory signed up with Nadia's address and waits; Nadia's invitation must not let Mallory in."""
    mallory = User.objects.create_user(EMAIL, "mallory knows this one")
    offer = invite.find(_invite(filante))
    assert offer is not None
    invite.accept_as_new(offer, name="Nadia", password=PASSWORD)
    mallory.refresh_from_db()
    assert mallory.check_password(PASSWORD)
    assert not mallory.check_password("mallory knows this one")

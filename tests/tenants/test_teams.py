"""Teams are made, renamed, filled and deleted; nothing that points to one is lost."""

from __future__ import annotations

import pytest

from apps.conversations.models import Conversation
from apps.core import tenancy
from apps.routing.models import RoutingRule
from apps.tenants import invite, teams
from apps.tenants.models import AuditEntry, Invitation, Team, TeamMember
from tests.worlds import Side


def test_a_team_keeps_its_slug_when_renamed(filante: Side) -> None:
    with tenancy.scope(filante.id):
        team = teams.create_team(filante.owner_membership, "Fibre & mobile")
        teams.rename_team(filante.owner_membership, team, name="Boutique")
        assert list(Team.objects.filter(pk=team.pk).values_list("name", "slug")) == [
            ("Boutique", "fibre-mobile")
        ]


def test_the_same_name_twice_is_two_teams(filante: Side) -> None:
    with tenancy.scope(filante.id):
        slugs = [teams.create_team(filante.owner_membership, "Été").slug for _ in range(2)]
        assert slugs == ["ete", "ete-2"]


def test_members_are_exactly_those_chosen(filante: Side) -> None:
    alice, bob = filante.owner_membership, filante.agent_membership
    with tenancy.scope(filante.id):
        teams.set_members(alice, filante.adsl, [alice])
        teams.set_members(alice, filante.adsl, [alice])
        places = TeamMember.objects.filter(team=filante.adsl)
        assert [place.membership_id for place in places] == [alice.pk]
        recent = AuditEntry.objects.order_by("-number").values_list("action", "subject", "data")[:2]
        assert sorted(recent) == [
            ("team.joined", alice.user.email, {"team": "adsl"}),
            ("team.left", bob.user.email, {"team": "adsl"}),
        ]


def test_an_unused_team_goes_with_its_places_and_leaves_invitations(filante: Side) -> None:
    alice = filante.owner_membership
    with tenancy.scope(filante.id):
        team = teams.create_team(alice, "Boutique")
        teams.set_members(alice, team, [alice])
        invite.invite(alice, "nadia@example.com", role="agent", team=team)
        teams.delete_team(alice, team)
        assert list(Team.objects.order_by("slug").values_list("slug", flat=True)) == ["adsl", "front-desk"]
        assert Invitation.objects.get().team_id is None


def test_a_team_in_use_stays_with_everything(filante: Side) -> None:
    with tenancy.scope(filante.id):
        before = Conversation.objects.get().team_id
        assert before == filante.adsl.pk
        with pytest.raises(teams.TeamInUse):
            teams.delete_team(filante.owner_membership, filante.adsl)
        assert Team.objects.filter(pk=filante.adsl.pk).exists()
        assert TeamMember.objects.filter(team=filante.adsl).count() == 1
        assert Conversation.objects.get().team_id == before
        assert RoutingRule.objects.get().team_id == filante.adsl.pk


def test_the_default_team_moves_but_never_goes(filante: Side) -> None:
    with tenancy.scope(filante.id):
        with pytest.raises(teams.DefaultTeam):
            teams.delete_team(filante.owner_membership, filante.front_desk)
        teams.make_default(filante.owner_membership, filante.adsl)
        assert list(Team.objects.filter(is_default=True).values_list("slug", flat=True)) == ["adsl"]

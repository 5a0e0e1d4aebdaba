"""The team page, a member's page, the teams; and Charlie at the same addresses."""

from __future__ import annotations

import pytest

from apps.core import tenancy
from apps.tenants.models import Membership, Team, TeamMember
from tests.people import add_member, setup_url, typed_in
from tests.worlds import Side, signed_in


def test_the_page_shows_people_teams_and_roles(filante: Side, garance: Side) -> None:
    page = signed_in(filante.owner).get(setup_url(filante, "team/"))
    assert [(m.user.name, str(role)) for m, role, _ in page.context["people"]] == [
        ("Alice", "Owner"),
        ("Bob", "Agent"),
    ]
    assert garance.owner.email not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"), [("bo", ["Bob"]), ("ADSL", ["Bob"]), ("alice@", ["Alice"]), ("%", []), ("zz", [])]
)
def test_people_are_found_by_name_address_or_team(filante: Side, query: str, found: list[str]) -> None:
    page = signed_in(filante.owner).get(setup_url(filante, "team/"), {"q": query})
    assert [member.user.name for member, _, _ in page.context["people"]] == found


def test_a_member_changes_role_and_teams(filante: Side) -> None:
    bob = filante.agent_membership
    form = {"role": "supervisor", "teams": [str(filante.front_desk.pk)]}
    answer = signed_in(filante.owner).post(setup_url(filante, f"team/people/{bob.pk}/"), form)
    assert answer.headers["Location"] == setup_url(filante, "team/")
    with tenancy.scope(filante.id):
        assert Membership.objects.get(pk=bob.pk).role == "supervisor"
        places = TeamMember.objects.filter(membership=bob)
        assert [place.team_id for place in places] == [filante.front_desk.pk]


def test_the_last_owner_reads_why_not(filante: Side) -> None:
    alice = filante.owner_membership
    browser = signed_in(filante.owner)
    answer = browser.post(setup_url(filante, f"team/people/{alice.pk}/"), {"role": "agent"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["role"])
    browser.post(setup_url(filante, f"team/people/{alice.pk}/deactivate/"))
    with tenancy.scope(filante.id):
        kept = Membership.objects.get(pk=alice.pk)
        assert (kept.role, kept.active) == ("owner", True)


def test_who_is_deactivated_finds_nothing_here(filante: Side) -> None:
    bob = typed_in(filante.agent)
    owner = signed_in(filante.owner)
    assert bob.get(setup_url(filante, "team/")).status_code == 403
    owner.post(setup_url(filante, f"team/people/{filante.agent_membership.pk}/deactivate/"))
    assert bob.get(setup_url(filante, "team/")).status_code == 404
    owner.post(setup_url(filante, f"team/people/{filante.agent_membership.pk}/activate/"))
    assert bob.get(setup_url(filante, "team/")).status_code == 403


def test_an_admin_does_not_touch_an_owner(filante: Side) -> None:
    browser = signed_in(add_member(filante, "iris", "admin").user)
    alice = filante.owner_membership
    answers = [
        browser.get(setup_url(filante, f"team/people/{alice.pk}/")),
        browser.post(setup_url(filante, f"team/people/{alice.pk}/"), {"role": "agent"}),
        browser.post(setup_url(filante, f"team/people/{alice.pk}/deactivate/")),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_teams_are_made_filled_renamed_and_deleted(filante: Side) -> None:
    browser = signed_in(filante.owner)
    bob = filante.agent_membership
    browser.post(setup_url(filante, "team/new/"), {"name": "Boutique", "members": [str(bob.pk)]})
    with tenancy.scope(filante.id):
        boutique = Team.objects.get(slug="boutique")
        assert TeamMember.objects.get(team=boutique).membership_id == bob.pk
    browser.post(setup_url(filante, f"team/teams/{boutique.pk}/"), {"name": "Shop"})
    with tenancy.scope(filante.id):
        assert Team.objects.get(pk=boutique.pk).name == "Shop"
        assert not TeamMember.objects.filter(team=boutique).exists()
    browser.post(setup_url(filante, f"team/teams/{boutique.pk}/delete/"))
    page = browser.post(setup_url(filante, f"team/teams/{filante.adsl.pk}/delete/"), follow=True)
    assert "still belong to this team" in page.content.decode()
    with tenancy.scope(filante.id):
        assert sorted(Team.objects.values_list("slug", flat=True)) == ["adsl", "front-desk"]


def test_a_team_of_the_neighbour_is_no_choice(filante: Side, garance: Side) -> None:
    form = {"role": "agent", "teams": [str(garance.adsl.pk)]}
    url = setup_url(filante, f"team/people/{filante.agent_membership.pk}/")
    answer = signed_in(filante.owner).post(url, form)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["teams"])


PATHS = [
    ("get", "team/"),
    ("get", "team/invite/"),
    ("get", "team/new/"),
    ("get", "tokens/"),
    ("post", "tokens/new/"),
    ("get", "audit/"),
    ("get", "audit/export.csv"),
    ("get", "team/people/{member}/"),
    ("post", "team/people/{member}/"),
    ("post", "team/people/{member}/deactivate/"),
    ("post", "team/people/{member}/activate/"),
    ("get", "team/teams/{team}/"),
    ("post", "team/teams/{team}/"),
    ("post", "team/teams/{team}/default/"),
    ("post", "team/teams/{team}/delete/"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_charlie_sees_nothing_of_filante(filante: Side, garance: Side, method: str, path: str) -> None:
    """Neither at Filante's address nor with Filante's ids at his own; both as if they did not exist."""
    path = path.format(member=filante.agent_membership.pk, team=filante.adsl.pk)
    browser = getattr(signed_in(garance.owner), method)
    missing = browser(f"/nowhere/setup/{path}")
    theirs = browser(setup_url(filante, path))
    assert (theirs.status_code, theirs.content) == (missing.status_code, missing.content)
    assert theirs.status_code == 404
    if "/people/" in path or "/teams/" in path:
        assert browser(setup_url(garance, path)).status_code == 404
    with tenancy.scope(filante.id):
        assert Membership.objects.get(pk=filante.agent_membership.pk).active
        assert Team.objects.get(pk=filante.adsl.pk).is_default is False

"""Groups of members that routing tags lead to. A tenant always has one default team."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.text import slugify

from apps.tenants import access_changed, audit
from apps.tenants.models import Invitation, Membership, Team, TeamMember


class TeamInUse(Exception):
    """Something still points to the team: a routing rule or a conversation."""


class DefaultTeam(Exception):
    """The default team takes what no rule covers, so it cannot go."""


def create_team(actor: Membership, name: str) -> Team:
    """A new empty team. Its slug is made unique and stays when the name changes."""
    taken = set(Team.objects.values_list("slug", flat=True))
    base = slugify(name)[:50].strip("-") or "team"
    slug = next(slug for slug in _candidates(base) if slug not in taken)
    team = Team.objects.create(name=name, slug=slug)
    audit.record("team.created", actor=actor.user.email, subject=slug, name=name)
    return team


def rename_team(actor: Membership, team: Team, *, name: str) -> None:
    """Idempotent."""
    if team.name == name:
        return
    before, team.name = team.name, name
    team.save(update_fields=["name"])
    audit.record("team.renamed", actor=actor.user.email, subject=team.slug, before=before, after=name)


def make_default(actor: Membership, team: Team) -> None:
    """What no rule covers goes to this team from now on. Idempotent."""
    if team.is_default:
        return
    Team.objects.filter(is_default=True).update(is_default=False)
    team.is_default = True
    team.save(update_fields=["is_default"])
    audit.record("team.made_default", actor=actor.user.email, subject=team.slug)


def delete_team(actor: Membership, team: Team) -> None:
    """Raises DefaultTeam, or TeamInUse while a rule or a conversation points to it; then nothing changed.

    The database decides: its foreign keys know every table that may point here, this layer does not.
    """
    if team.is_default:
        raise DefaultTeam
    user_ids = _users_of(team)
    try:
        with transaction.atomic():
            TeamMember.objects.filter(team=team).delete()
            Invitation.objects.filter(team=team).update(team=None)
            _delete_row(team)
    except IntegrityError as error:
        raise TeamInUse from error
    audit.record("team.deleted", actor=actor.user.email, subject=team.slug)
    for user_id in user_ids:
        access_changed.publish(user_id)


def set_members(actor: Membership, team: Team, memberships: Collection[Membership]) -> None:
    """Exactly these members, no others. Idempotent."""
    places = {place.membership_id: place for place in TeamMember.objects.filter(team=team)}
    wanted = {membership.pk: membership for membership in memberships}
    for membership_id in wanted.keys() - places.keys():
        _join(actor, team, wanted[membership_id])
    for membership_id in places.keys() - wanted.keys():
        _leave(actor, team, Membership.objects.select_related("user").get(pk=membership_id))


def set_teams(actor: Membership, member: Membership, teams: Collection[Team]) -> None:
    """The member belongs to exactly these teams. Idempotent."""
    current = {place.team_id: place.team for place in member.team_places.select_related("team")}
    wanted = {team.pk: team for team in teams}
    for team_id in wanted.keys() - current.keys():
        _join(actor, wanted[team_id], member)
    for team_id in current.keys() - wanted.keys():
        _leave(actor, current[team_id], member)


def _candidates(base: str) -> list[str]:
    return [base, *(f"{base}-{number}" for number in range(2, 1000))]


def _users_of(team: Team) -> list[UUID]:
    return list(TeamMember.objects.filter(team=team).values_list("membership__user_id", flat=True))


def _delete_row(team: Team) -> None:
    """Without Django's collector, which would cascade to rows that must survive; checked now, not at
    commit, so that the refusal can be told."""
    rows = Team.objects.filter(pk=team.pk)
    rows._raw_delete(rows.db)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _join(actor: Membership, team: Team, member: Membership) -> None:
    _, new = TeamMember.objects.get_or_create(team=team, membership=member)
    if new:
        _tell(actor, team, member, "team.joined")


def _leave(actor: Membership, team: Team, member: Membership) -> None:
    gone, _ = TeamMember.objects.filter(team=team, membership=member).delete()
    if gone:
        _tell(actor, team, member, "team.left")


def _tell(actor: Membership, team: Team, member: Membership, action: str) -> None:
    audit.record(action, actor=actor.user.email, subject=member.user.email, team=team.slug)
    access_changed.publish(member.user_id)

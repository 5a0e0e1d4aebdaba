from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.core import tenancy
from apps.tenants import access_changed, audit
from apps.tenants.management.operator_command import OperatorCommand, tenant_id_of
from apps.tenants.models import Membership, Role, Team, TeamMember, User
from apps.tenants.person import ensure_person

ACTOR = "command line"


class Command(OperatorCommand):
    help = "Make a person a member of a tenant, with a role and teams. Repeating it changes nothing more."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", choices=Role.values, default=Role.AGENT.value)
        parser.add_argument("--team", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument("--name", default="")

    def run(
        self, *, tenant: str, email: str, role: str, team: list[str], name: str, **_: Any
    ) -> dict[str, Any]:
        user, _new = ensure_person(email, name=name)
        with tenancy.scope(tenant_id_of(tenant)):
            created = _ensure_member(user, role)
            for slug in team:
                _ensure_in_team(user, slug)
        access_changed.publish(user.pk)
        return {"tenant": tenant, "email": user.email, "role": role, "teams": team, "created": created}


def _ensure_member(user: User, role: str) -> bool:
    member, created = Membership.objects.get_or_create(user=user, defaults={"role": role})
    if created:
        audit.record("member.added", actor=ACTOR, subject=user.email, role=role)
    elif member.role != role or not member.active:
        _require_other_owner(member, role)
        Membership.objects.filter(pk=member.pk).update(role=role, active=True)
        data = {"before": member.role, "after": role}
        audit.record("member.role_changed", actor=ACTOR, subject=user.email, **data)
    return created


def _require_other_owner(member: Membership, role: str) -> None:
    if member.role != Role.OWNER or role == Role.OWNER:
        return
    owners = Membership.objects.filter(role=Role.OWNER, active=True).select_for_update()
    if all(owner.pk == member.pk for owner in owners):
        raise CommandError(f"{member.user.email} is the only owner; add another owner first")


def _ensure_in_team(user: User, slug: str) -> None:
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise CommandError(f"there is no team {slug!r}")
    member = Membership.objects.get(user=user)
    _, new = TeamMember.objects.get_or_create(team=team, membership=member)
    if new:
        audit.record("team.joined", actor=ACTOR, subject=user.email, team=slug)

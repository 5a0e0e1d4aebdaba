from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.core import tenancy
from apps.tenants import access_changed, audit
from apps.tenants.management.operator_command import (
    OperatorCommand,
    email_address,
    tenant_id_of,
    text_up_to,
)
from apps.tenants.models import Membership, Role, Team, TeamMember, User
from apps.tenants.person import ensure_person

ACTOR = "command line"


class Command(OperatorCommand):
    help = "Make a person a member of a tenant, with a role and teams. Repeating it changes nothing more."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--email", required=True, type=email_address)
        parser.add_argument(
            "--role", choices=Role.values, help="agent for a new member; left alone otherwise"
        )
        parser.add_argument("--team", action="append", default=[], metavar="SLUG", help="may be repeated")
        parser.add_argument("--name", default="", type=text_up_to(120, empty=True))

    def run(
        self, *, tenant: str, email: str, role: str | None, team: list[str], name: str, **_: Any
    ) -> dict[str, Any]:
        with tenancy.scope(tenant_id_of(tenant)):
            user, _new = ensure_person(email, name=name)
            member, created = _ensure_member(user, role)
            for slug in team:
                _ensure_in_team(user, slug)
        access_changed.publish(user.pk)
        return {"tenant": tenant, "email": user.email, "role": member.role, "teams": team, "created": created}


def _ensure_member(user: User, role: str | None) -> tuple[Membership, bool]:
    member, created = Membership.objects.get_or_create(user=user, defaults={"role": role or Role.AGENT})
    if created:
        audit.record("member.added", actor=ACTOR, subject=user.email, role=str(member.role))
    else:
        _change(member, role or member.role)
    return member, created


def _change(member: Membership, role: str) -> None:
    if member.role == role and member.active:
        return
    _require_other_owner(member, role)
    data = {"before": member.role, "after": role}
    member.role, member.active = role, True
    member.save(update_fields=["role", "active"])
    audit.record("member.role_changed", actor=ACTOR, subject=member.user.email, **data)


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

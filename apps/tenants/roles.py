"""What a member may do, and whether they may come in. Nobody reaches above their own role, and a tenant
always keeps one active owner."""

from __future__ import annotations

from apps.tenants import access_changed, audit
from apps.tenants.models import Membership, Role


class NotAllowed(Exception):
    """The acting member's role does not cover this change."""


class LastOwner(Exception):
    """The change would leave the tenant without an active owner."""


def grantable(actor: Membership) -> list[Role]:
    """The roles that `actor` may give, highest first."""
    return [role for role in Role if Role(actor.role).covers(role)]


def change_role(actor: Membership, member: Membership, *, role: str) -> None:
    """Give `member` the role. Raises NotAllowed or LastOwner; the same role again changes nothing."""
    _lock_owners()
    member.refresh_from_db(fields=["role", "active"])
    if member.role == role:
        return
    _require_reach(actor, member.role, role)
    if member.role == Role.OWNER:
        _require_other_owner(member)
    before, member.role = member.role, role
    member.save(update_fields=["role"])
    _tell(actor, member, "member.role_changed", before=before, after=str(role))


def deactivate(actor: Membership, member: Membership) -> None:
    """Close the tenant to `member`; what they wrote stays. Raises NotAllowed or LastOwner. Idempotent."""
    _lock_owners()
    member.refresh_from_db(fields=["role", "active"])
    if not member.active:
        return
    _require_reach(actor, member.role)
    if member.role == Role.OWNER:
        _require_other_owner(member)
    _set_active(actor, member, active=False)


def activate(actor: Membership, member: Membership) -> None:
    """Let `member` in again with their old role and teams. Raises NotAllowed. Idempotent."""
    _lock_owners()
    member.refresh_from_db(fields=["role", "active"])
    if member.active:
        return
    _require_reach(actor, member.role)
    _set_active(actor, member, active=True)


def _lock_owners() -> None:
    """One change at a time: two owners who demote each other at once must not both succeed.

    The acting member's own row is among them, so that a right just lost cannot be used any more.
    """
    list(Membership.objects.filter(role=Role.OWNER).order_by("pk").select_for_update())


def _require_reach(actor: Membership, *roles: str) -> None:
    actor.refresh_from_db(fields=["role", "active"])
    if not actor.may(Role.ADMIN) or not all(actor.may(role) for role in roles):
        raise NotAllowed


def _require_other_owner(member: Membership) -> None:
    others = Membership.objects.filter(role=Role.OWNER, active=True).exclude(pk=member.pk)
    if not others.exists():
        raise LastOwner


def _set_active(actor: Membership, member: Membership, *, active: bool) -> None:
    member.active = active
    member.save(update_fields=["active"])
    _tell(actor, member, "member.activated" if active else "member.deactivated")


def _tell(actor: Membership, member: Membership, action: str, **data: str) -> None:
    audit.record(action, actor=actor.user.email, subject=member.user.email, **data)
    access_changed.publish(member.user_id)

"""Asking people in: an offer of a role, sent by e-mail, good once and for three days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from apps.core import tenancy
from apps.core.ids import new_token
from apps.tenants import access_changed, audit, doors
from apps.tenants.models import Invitation, Membership, Role, Team, TeamMember, Tenant, User
from apps.tenants.person import ensure_person, owns
from apps.tenants.roles import NotAllowed

LIFETIME = timedelta(hours=72)
PER_DAY = 50  # a stranger's new business must not become a machine for unwanted mail


class AlreadyMember(Exception):
    """This address already works in the tenant."""


class TooMany(Exception):
    """The tenant has sent its invitations for today."""


class NotGood(Exception):
    """Unknown, used, revoked, expired or meant for another address: the caller must not tell which."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A usable invitation, as the invited person may see it."""

    tenant_id: UUID
    invitation_id: UUID
    tenant_slug: str
    tenant_name: str
    email: str
    role: str
    inviter: str


def invite(inviter: Membership, email: str, *, role: str, team: Team | None = None) -> tuple[Invitation, str]:
    """A new invitation of the open scope, and the token for its link; an earlier one to the same address
    is revoked. Raises NotAllowed, AlreadyMember, TooMany."""
    email = email.lower()
    _require_may_offer(inviter, role)
    if Membership.objects.filter(user__email=email).exists():
        raise AlreadyMember
    _count_one()
    Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    token = new_token()
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        team=team,
        invited_by=inviter,
        token_hash=doors.token_hash(token),
        expires_at=timezone.now() + LIFETIME,
    )
    audit.record("invitation.sent", actor=inviter.user.email, subject=email, role=str(role))
    return invitation, token


def resend(inviter: Membership, invitation: Invitation) -> tuple[Invitation, str]:
    """The same offer anew, from `inviter`: new link, new three days; the old link stops working.

    Raises as `invite`, and NotGood when the invitation was accepted or revoked.
    """
    if invitation.accepted_at or invitation.revoked_at:
        raise NotGood
    return invite(inviter, invitation.email, role=invitation.role, team=invitation.team)


def revoke(actor: Membership, invitation: Invitation) -> None:
    """The link stops working. Idempotent; an accepted invitation stays accepted. Raises NotAllowed."""
    _require_may_offer(actor, invitation.role)
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if rows.update(revoked_at=timezone.now()):
        audit.record("invitation.revoked", actor=actor.user.email, subject=invitation.email)


def find(token: str) -> Offer | None:
    """The offer behind a link, None when it is not good for any reason. Call outside any scope."""
    found = doors.invitation(token)
    if found is None:
        return None
    tenant_id, invitation_id = found
    with tenancy.scope(tenant_id):
        invitation = _good(invitation_id)
        if invitation is None:
            return None
        tenant = Tenant.objects.get()
        return Offer(
            tenant_id=tenant_id,
            invitation_id=invitation_id,
            tenant_slug=tenant.slug,
            tenant_name=tenant.name,
            email=invitation.email,
            role=invitation.role,
            inviter=invitation.invited_by.user.display_name,
        )


def accept(offer: Offer, user: User) -> Membership:
    """Make `user` a member; of two at the same time one wins and the other gets NotGood.

    A member who had been deactivated does not come back this way (NotGood): an owner activates them.
    """
    with tenancy.scope(offer.tenant_id):
        invitation = _claim(offer)
        if not owns(user, invitation.email):
            raise NotGood
        return _join(invitation, user)


def accept_as_new(offer: Offer, *, name: str, password: str) -> Membership:
    """As `accept`, for someone without an account: makes it. The link came by mail, so the address is theirs.

    Raises NotGood also when someone already signs in with the address: they must do so.
    """
    with tenancy.scope(offer.tenant_id):
        invitation = _claim(offer)
        user, new = ensure_person(invitation.email, name=name, password=password)
        if not new:
            raise NotGood
        return _join(invitation, user)


def _claim(offer: Offer) -> Invitation:
    invitation = _good(offer.invitation_id, lock=True)
    if invitation is None:
        raise NotGood
    return invitation


def _join(invitation: Invitation, user: User) -> Membership:
    membership, new = Membership.objects.get_or_create(user=user, defaults={"role": invitation.role})
    if not new:
        raise NotGood
    if invitation.team:
        TeamMember.objects.create(team=invitation.team, membership=membership)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=timezone.now())
    audit.record("invitation.accepted", actor=user.email, subject=user.email, role=invitation.role)
    access_changed.publish(user.pk)
    return membership


def _require_may_offer(actor: Membership, role: str) -> None:
    if not actor.may(Role.ADMIN) or not actor.may(role):
        raise NotAllowed


def _count_one() -> None:
    """Serialised per tenant, so that parallel requests cannot pass the counter together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2))", [str(tenancy.require())])
    since = timezone.now() - timedelta(days=1)
    if Invitation.objects.filter(created_at__gt=since).count() >= PER_DAY:
        raise TooMany


def _good(invitation_id: UUID, *, lock: bool = False) -> Invitation | None:
    """Usable now, and its inviter could still make it: who was dismissed leaves no doors open."""
    rows = Invitation.objects.filter(
        pk=invitation_id, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    invitation = rows.select_related("invited_by__user", "team").first()
    if invitation is None or invitation.invited_by is None:
        return None
    inviter = invitation.invited_by
    return invitation if inviter.may(Role.ADMIN) and inviter.may(invitation.role) else None

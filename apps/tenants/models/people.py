"""Who works in a tenant: memberships with a role, teams, invitations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import TenantModel, same_tenant_key
from apps.tenants.models.user import User


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    SUPERVISOR = "supervisor", _("Supervisor")
    AGENT = "agent", _("Agent")

    @property
    def rank(self) -> int:
        """Higher may do more. A person may grant at most their own rank."""
        return {"agent": 0, "supervisor": 1, "admin": 2, "owner": 3}[self.value]

    def covers(self, other: str) -> bool:
        return self.rank >= Role(other).rank


class Membership(TenantModel):
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"

    def may(self, role: str) -> bool:
        """Whether this membership covers what `role` may do."""
        return self.active and Role(self.role).covers(role)

    @property
    def may_set_up(self) -> bool:
        """Whether the pages below /<tenant>/setup/ open for them; templates ask."""
        return self.may(Role.ADMIN)


class Team(TenantModel):
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=60)
    is_default = models.BooleanField(default=False)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="team_slug_once"),
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_default=True), name="one_default_team"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(TenantModel):
    team = same_tenant_key("tenants.Team", related_name="members")
    membership = same_tenant_key("tenants.Membership", related_name="team_places")

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "team", "membership"], name="team_member_once")
        ]


class Invitation(TenantModel):
    """A single-use offer of a role, bound to an address; only the token's hash is stored."""

    email = models.EmailField()
    role = models.CharField(max_length=12, choices=Role, default=Role.AGENT)
    team = same_tenant_key("tenants.Team", null=True, blank=True)
    invited_by = same_tenant_key("tenants.Membership", null=True)
    token_hash = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="invitation_token_once")]

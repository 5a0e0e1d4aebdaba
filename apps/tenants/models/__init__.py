from apps.tenants.models.access import ApiToken, SupportGrant
from apps.tenants.models.audit import AuditEntry
from apps.tenants.models.people import Invitation, Membership, Role, Team, TeamMember
from apps.tenants.models.proof import IsolationProof
from apps.tenants.models.sign_in import SignInLink
from apps.tenants.models.tenant import Tenant
from apps.tenants.models.user import User

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Invitation",
    "IsolationProof",
    "Membership",
    "Role",
    "SignInLink",
    "SupportGrant",
    "Team",
    "TeamMember",
    "Tenant",
    "User",
]

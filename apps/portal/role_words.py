"""What the roles are called and what each may do, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Membership, Role
from apps.tenants.roles import grantable

NAMES = {
    Role.OWNER: _("Owner"),
    Role.ADMIN: _("Admin"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.AGENT: _("Agent"),
}

MEANINGS = {
    Role.OWNER: _("everything, other owners included"),
    Role.ADMIN: _("channels, entry points and people"),
    Role.SUPERVISOR: _("looks after the conversations"),
    Role.AGENT: _("answers customers"),
}


def role_choices(actor: Membership) -> list[tuple[str, str]]:
    """What `actor` may give, with its meaning."""
    return [(role.value, f"{NAMES[role]}: {MEANINGS[role]}") for role in grantable(actor)]

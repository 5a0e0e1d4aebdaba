"""What each role may do, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import Membership, Role
from apps.tenants.roles import grantable

MEANINGS = {
    Role.OWNER: _("everything, other owners included"),
    Role.ADMIN: _("channels, entry points and people"),
    Role.SUPERVISOR: _("looks after the conversations"),
    Role.AGENT: _("answers customers"),
}


def role_choices(actor: Membership) -> list[tuple[str, str]]:
    """What `actor` may give, with its meaning."""
    return [(role.value, _with_meaning(role)) for role in grantable(actor)]


def _with_meaning(role: Role) -> str:
    return gettext("%(role)s: %(meaning)s") % {"role": role.label, "meaning": MEANINGS[role]}

"""A new business: its tenant, its owner, its first team."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from apps.core import tenancy
from apps.core.ids import new_id
from apps.tenants import audit, doors
from apps.tenants.models import Membership, Role, Team, TeamMember, Tenant, User

RESERVED = frozenset(
    (
        "account",
        "admin",
        "api",
        "docs",
        "e",
        "hooks",
        "i18n",
        "invite",
        "livez",
        "login",
        "media",
        "metrics",
        "readyz",
        "sandbox",
        "signup",
        "site",
        "static",
        "widget",
        "b.css",
        "loader.js",
        "up",
    )
)


def register_tenant(
    owner: User, name: str, *, locale: str = "en", slug: str = "", is_sandbox: bool = False
) -> Tenant:
    """Make a tenant owned by `owner`, with a default team they belong to. The slug is made unique."""
    for attempt in range(1, 50):
        wanted = _candidate(slug or name, attempt)
        if wanted in RESERVED or doors.tenant_named(wanted) is not None:
            continue
        try:
            return _create(owner, name, locale=locale, slug=wanted, is_sandbox=is_sandbox)
        except IntegrityError:  # someone took the slug between look and insert
            continue
    raise ValueError(f"no free address for {name!r}")


def is_possible_slug(text: str) -> bool:
    """Whether a tenant may be given exactly this address, free or not."""
    return _candidate(text, 1) == text and text not in RESERVED


def _candidate(name: str, attempt: int) -> str:
    base = slugify(name)[:32].strip("-") or "business"
    return base if attempt == 1 else f"{base}-{attempt}"


def _create(owner: User, name: str, *, locale: str, slug: str, is_sandbox: bool) -> Tenant:
    tenant_id = new_id()
    with transaction.atomic(), tenancy.scope(tenant_id):
        tenant = Tenant.objects.create(
            id=tenant_id, name=name, slug=slug, locale=locale, is_sandbox=is_sandbox
        )
        membership = Membership.objects.create(user=owner, role=Role.OWNER)
        team = Team.objects.create(name=_("Front desk"), slug="front-desk", is_default=True)
        TeamMember.objects.create(team=team, membership=membership)
        audit.record("tenant.registered", actor=owner.email, subject=slug)
        return tenant

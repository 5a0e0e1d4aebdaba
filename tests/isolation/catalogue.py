"""What the database says about itself, for the tests of isolation."""

from __future__ import annotations

import os
from typing import Any

import psycopg

# Tables that belong to no tenant. A new one must be put here on purpose.
SHARED = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "backoffice_signoflife",
        "counters",
        "django_admin_log",
        "django_content_type",
        "django_migrations",
        "django_session",
        "mfa_authenticator",
        "tenants_isolationproof",
        "tenants_signinlink",
        "tenants_user",
        "tenants_user_groups",
        "tenants_user_user_permissions",
        "usersessions_usersession",
    }
)

# Keys of tenant tables that are unique over all tenants, with the reason why that leaks nothing.
GLOBAL_UNIQUES = {
    "tenants_tenant_slug_key": "the slug is the tenant's public name in URLs",
}


def ask(query: str, *arguments: object) -> list[tuple[Any, ...]]:
    """As the login role, which sees the whole catalogue, whatever it may read of the rows."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as login:
        return login.execute(query, arguments).fetchall()


def tables() -> set[str]:
    return {name for (name,) in ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}


def tenant_tables() -> set[str]:
    return tables() - SHARED

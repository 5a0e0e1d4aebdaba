"""Make the five database roles; run as the login user before the first migration. Idempotent."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from apps.core.rls import APP, DISPATCH, OPERATOR, OWNER, SEARCH

TIMEOUTS = {"statement_timeout": "15s", "lock_timeout": "3s", "idle_in_transaction_session_timeout": "30s"}


class Command(BaseCommand):
    help = "Create the database roles that Comptoir works with (needs CREATEROLE or a superuser)."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            for role in (OWNER, APP, DISPATCH, SEARCH, OPERATOR):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOINHERIT")
                cursor.execute(f"GRANT {role} TO CURRENT_USER")
            cursor.execute(f"GRANT {DISPATCH}, {SEARCH} TO {OWNER}")
            cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
            cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
            cursor.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {DISPATCH}, {SEARCH}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {OPERATOR}")
        self.stdout.write("roles ready")

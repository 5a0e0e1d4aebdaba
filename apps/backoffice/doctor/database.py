"""PostgreSQL: patched, spoken to as a role that row security binds, every tenant's table under it."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.backoffice.doctor.finding import Check, Finding, bad, good, warning

# The first releases whose planner does not leak rows past row security (CVE-2025-8713).
PATCHED = {15: 14, 16: 10, 17: 6}
APART = 2.0  # seconds between two clocks

# A partition's or a relation's owner is not bound by row security, nor are these attributes' holders.
ROLE = """
SELECT current_user::text, session_user::text, r.rolsuper, r.rolbypassrls,
       EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p')),
       (SELECT s.rolsuper FROM pg_roles s WHERE s.rolname = session_user)
  FROM pg_roles r WHERE r.rolname = current_user
"""
UNFORCED = """
SELECT c.relname FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
 WHERE c.relkind IN ('r', 'p') AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
   AND (c.relname = 'tenants_tenant' OR EXISTS (
     SELECT 1 FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
 ORDER BY 1
"""
FORCED = "SELECT count(*) FROM pg_class WHERE relforcerowsecurity"


def version() -> Finding:
    number = int(_row("SHOW server_version_num")[0])
    words = f"PostgreSQL {number // 10000}.{number % 10000}"
    if is_patched(number):
        return good(words)
    return bad(words, fix="upgrade to 15.14, 16.10, 17.6 or any 18: older ones leak rows past row security")


def is_patched(number: int) -> bool:
    """`number` as server_version_num has it: 150014 for 15.14."""
    major, minor = divmod(number, 10000)
    return major > max(PATCHED) or minor >= PATCHED.get(major, minor + 1)


def role() -> Finding:
    current, session, superuser, bypasses, owns, login_is_superuser = _row(ROLE)
    if superuser or bypasses or owns:
        why = "is a superuser" if superuser else "bypasses row security" if bypasses else "owns tables"
        return bad(f"{current} {why}", fix="set DATABASE_ROLE=comptoir_app, or leave it unset")
    if login_is_superuser:
        return warning(f"{current}, but {session} is a superuser", fix="log in as a role without SUPERUSER")
    return good(str(current))


def row_security() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(UNFORCED)
        names = [row[0] for row in cursor.fetchall()]
    if names:
        return bad(f"not forced on {', '.join(names)}", fix="run the migrations as comptoir_owner")
    return good(f"forced on {_row(FORCED)[0]} tables")


def migrations() -> Finding:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return bad(f"{len(missing)} not applied", fix="DATABASE_ROLE=comptoir_owner manage.py migrate")
    return good("all applied")


def clock() -> Finding:
    """Tokens, windows and leases are times: ours and the database's must agree."""
    before = time.time()
    theirs = float(_row("SELECT extract(epoch FROM clock_timestamp())")[0])
    apart = max(before - theirs, theirs - time.time(), 0.0)
    if apart > APART:
        return bad(f"{apart:.1f} s from the database's", fix="let NTP set the clock on every machine")
    return good("agrees with the database's")


def _row(query: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


CHECKS = [
    Check("database version", version),
    Check("database role", role),
    Check("row security", row_security),
    Check("migrations", migrations),
    Check("clock", clock),
]

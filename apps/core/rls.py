"""Migration operations that put a table under row-level security and make its foreign keys composite.

Five roles (docs/decisions/0001): owner migrates; app (web and workers) owns nothing and bypasses nothing;
dispatch owns the few SECURITY DEFINER functions that look across tenants, with column grants only; search
owns those that use an index which row security cannot, each with the tenant in every condition; operator
(Django admin) sees operational tables and no content.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import migrations

OWNER, APP, DISPATCH, OPERATOR = "comptoir_owner", "comptoir_app", "comptoir_dispatch", "comptoir_operator"
SEARCH = "comptoir_search"

TENANT = "(SELECT nullif(current_setting('app.tenant_id', true), '')::uuid)"


def tenant_table(
    table: str,
    *,
    column: str = "tenant_id",
    grant: str = "SELECT, INSERT, UPDATE, DELETE",
    operator: str = "",
) -> migrations.RunSQL:
    """FORCE row-level security on `table`. `grant` is what the app role may do; `operator` what the
    operator's role may do (for example "SELECT" or "SELECT (id, state)"), nothing by default."""
    forward: list[Any] = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} TO {APP} "
        f"USING ({column} = {TENANT}) WITH CHECK ({column} = {TENANT})",
        f"GRANT {grant} ON {table} TO {APP}",
    ]
    if operator:
        forward += [
            f"CREATE POLICY operator ON {table} TO {OPERATOR} USING (true) WITH CHECK (true)",
            f"GRANT {operator} ON {table} TO {OPERATOR}",
        ]
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def shared_table(table: str, *, operator: str = "SELECT, INSERT, UPDATE, DELETE") -> migrations.RunSQL:
    """A table that belongs to no tenant (users, sessions …): on the allow-list of the catalogue test."""
    forward: list[Any] = [f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}"]
    if operator:
        forward.append(f"GRANT {operator} ON {table} TO {OPERATOR}")
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def tenant_unique(table: str) -> migrations.RunSQL:
    """UNIQUE (tenant_id, id): what composite foreign keys refer to."""
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_tenant_id_id UNIQUE (tenant_id, id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {table}_tenant_id_id",
    )


def same_tenant_keys(
    table: str, targets: dict[str, str], *, on_delete: str = "NO ACTION"
) -> migrations.RunSQL:
    """Composite foreign keys (tenant_id, column) -> target (tenant_id, id), checked at commit."""
    forward: list[Any] = []
    backward: list[Any] = []
    for column, target in targets.items():
        name = f"{table}_{column}_same_tenant"
        forward.append(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, {column}) "
            f"REFERENCES {target} (tenant_id, id) ON DELETE {on_delete} DEFERRABLE INITIALLY DEFERRED"
        )
        backward.append(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    return migrations.RunSQL(forward, backward)


def dispatch_reads(table: str, columns: Sequence[str], *, update: Sequence[str] = ()) -> migrations.RunSQL:
    """Let the dispatch role see some columns of every tenant, and change some: never content."""
    forward: list[Any] = [
        f"CREATE POLICY dispatch ON {table} TO {DISPATCH} USING (true) WITH CHECK (true)",
        f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {DISPATCH}",
    ]
    if update:
        forward.append(f"GRANT UPDATE ({', '.join(update)}) ON {table} TO {DISPATCH}")
    return migrations.RunSQL(forward, migrations.RunSQL.noop)


def search_reads(table: str, columns: Sequence[str]) -> migrations.RunSQL:
    """Let the search role read some columns; its functions say the tenant themselves (fact R14)."""
    forward: list[Any] = [
        f"CREATE POLICY search ON {table} FOR SELECT TO {SEARCH} USING (true)",
        f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {SEARCH}",
    ]
    return migrations.RunSQL(forward, [f"DROP POLICY search ON {table}"])


def definer_function(
    name: str, arguments: str, returns: str, body: str, *, language: str = "sql", owner: str = DISPATCH
) -> migrations.RunSQL:
    """A function that runs as the dispatch (or search) role with a fixed search path, for the app role."""
    signature = f"{name}({arguments})"
    forward: list[Any] = [
        f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE {language} SECURITY DEFINER "
        f"SET search_path = pg_catalog, public AS $body$ {body} $body$",
        f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {name} TO {APP}",
        f"ALTER FUNCTION {name} OWNER TO {owner}",
    ]
    return migrations.RunSQL(forward, f"DROP FUNCTION {name}")

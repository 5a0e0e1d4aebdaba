"""Whether the look at the database's catalogue would notice: each hole is opened on purpose.

Without the arena, whose open transaction would keep the tables from being changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.isolation import test_catalogue as catalogue
from tests.isolation.tally import TALLY

OPENED: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "a view": (
        "CREATE VIEW leak AS SELECT * FROM conversations_message",
        "DROP VIEW leak",
        catalogue.test_there_are_no_views,
    ),
    "a table without row security": (
        "CREATE TABLE leak (id uuid PRIMARY KEY, tenant_id uuid)",
        "DROP TABLE leak",
        catalogue.test_every_tenant_table_forces_row_security,
    ),
    "row security not forced": (
        "ALTER TABLE conversations_note NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE conversations_note FORCE ROW LEVEL SECURITY",
        catalogue.test_every_tenant_table_forces_row_security,
    ),
    "a policy for everybody": (
        "CREATE POLICY leak ON conversations_note TO comptoir_app USING (true)",
        "DROP POLICY leak ON conversations_note",
        catalogue.test_no_policy_lets_the_application_past_its_tenant,
    ),
    "a function of the owner's": (
        "CREATE FUNCTION leak() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT count(*) FROM public.conversations_message'",
        "DROP FUNCTION leak",
        catalogue.test_definer_functions_are_known_and_pinned,
    ),
    "a unique key over all tenants": (
        "CREATE UNIQUE INDEX leak ON conversations_note (id, author_id)",
        "DROP INDEX leak",
        catalogue.test_unique_keys_begin_with_the_tenant,
    ),
    "a key without the tenant": (
        "ALTER TABLE conversations_note ADD CONSTRAINT leak FOREIGN KEY (conversation_id) "
        "REFERENCES conversations_conversation (id)",
        "ALTER TABLE conversations_note DROP CONSTRAINT leak",
        catalogue.test_foreign_keys_between_tenant_tables_carry_the_tenant,
    ),
    "the right to truncate": (
        "GRANT TRUNCATE ON conversations_note TO comptoir_app",
        "REVOKE TRUNCATE ON conversations_note FROM comptoir_app",
        catalogue.test_the_application_may_not_truncate_refer_or_trigger,
    ),
}


@pytest.mark.parametrize("hole", OPENED)
def test_a_hole_in_the_database_is_found(hole: str) -> None:
    opening, closing, check = OPENED[hole]
    check()
    with opened(opening, closing), pytest.raises(AssertionError):
        check()
    check()
    TALLY.count("holes opened on purpose", hole, 1)


@contextmanager
def opened(opening: str, closing: str) -> Iterator[None]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as login:
        login.execute("SET ROLE comptoir_owner")
        login.execute(opening)
        try:
            yield
        finally:
            login.execute(closing)

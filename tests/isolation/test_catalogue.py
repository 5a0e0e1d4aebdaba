"""I6, by the database's own catalogue: complete for every table that exists, also tomorrow's."""

from __future__ import annotations

import pytest

from tests.isolation.catalogue import GLOBAL_UNIQUES, SHARED, ask, tables, tenant_tables

APP, DISPATCH, OPERATOR = "comptoir_app", "comptoir_dispatch", "comptoir_operator"
SEARCH = "comptoir_search"
SEARCH_FUNCTIONS = {"search_called", "search_said", "search_tagged"}
CONTENT = {
    "conversations_message",
    "conversations_note",
    "conversations_attachment",
    "connections_channelsecret",
    "connections_tenantkey",
}
APPEND_ONLY = {"tenants_auditentry", "conversations_deliveryattempt", "conversations_streamevent"}


def test_every_shared_table_exists() -> None:
    assert tables() >= SHARED


def test_every_tenant_table_forces_row_security() -> None:
    rows = ask("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'")
    assert tenant_tables() - {name for (name,) in rows} == set()


def test_every_tenant_table_has_a_policy_for_the_application() -> None:
    rows = ask(
        "SELECT tablename FROM pg_policies WHERE policyname = 'tenant' AND cmd = 'ALL' "
        "AND qual = with_check AND roles = '{comptoir_app}'"
    )
    assert tenant_tables() - {name for (name,) in rows} == set()


def test_no_policy_lets_the_application_past_its_tenant() -> None:
    rows = ask("SELECT tablename, policyname FROM pg_policies WHERE 'comptoir_app' = ANY (roles)")
    assert {policy for _, policy in rows} == {"tenant"}


def test_no_role_of_ours_owns_or_bypasses() -> None:
    rows = ask(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'comptoir\\_%%' AND "
        "(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
    )
    assert rows == []
    owners = ask("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [("comptoir_owner",)]


def test_the_application_may_not_truncate_refer_or_trigger() -> None:
    rows = ask(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = %s AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')",
        APP,
    )
    assert rows == []


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_logs_are_append_only(table: str) -> None:
    rows = ask(
        "SELECT privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee = %s AND table_name = %s",
        APP,
        table,
    )
    assert {privilege for (privilege,) in rows} == {"SELECT", "INSERT"}


@pytest.mark.parametrize("role", [OPERATOR, DISPATCH])
@pytest.mark.parametrize(
    "column",
    [
        ("conversations_message", "text"),
        ("conversations_note", "text"),
        ("conversations_attachment", "path"),
        ("conversations_delivery", "part"),
        ("connections_receivedwebhook", "raw"),
        ("connections_channelsecret", "ciphertext"),
        ("connections_tenantkey", "wrapped"),
    ],
)
def test_content_is_closed_to_operators_and_dispatch(role: str, column: tuple[str, str]) -> None:
    rows = ask("SELECT has_column_privilege(%s, %s, %s, 'SELECT')", role, *column)
    assert rows == [(False,)]


def test_foreign_keys_between_tenant_tables_carry_the_tenant() -> None:
    """R3: foreign-key checks bypass row security."""
    rows = ask(
        "SELECT conrelid::regclass::text, conname, confrelid::regclass::text, "
        "  EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = conrelid AND a.attnum = ANY (conkey) "
        "          AND a.attname = 'tenant_id') "
        "FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    ours = tenant_tables()
    loose = [name for table, name, target, keyed in rows if {table, target} <= ours and not keyed]
    assert loose == []


def test_columns_that_refer_to_tenant_tables_have_a_key() -> None:
    """Django's own constraint is left out for them; the composite one must be there."""
    from django.apps import apps

    from apps.core.models import TenantModel

    keyed = {
        (table, column)
        for table, column in ask(
            "SELECT conrelid::regclass::text, a.attname FROM pg_constraint "
            "JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = ANY (conkey) WHERE contype = 'f'"
        )
    }
    missing = [
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if issubclass(model, TenantModel)
        for field in model._meta.concrete_fields
        if field.is_relation and (model._meta.db_table, field.column) not in keyed
    ]
    assert missing == []


def test_unique_keys_begin_with_the_tenant() -> None:
    """R4: a global unique key is an existence oracle and lets one tenant block another."""
    rows = ask(
        "SELECT t.relname, i.relname, a.attname FROM pg_index x "
        "JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid "
        "JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] "
        "WHERE x.indisunique AND NOT x.indisprimary AND t.relnamespace = 'public'::regnamespace"
    )
    loose = [
        index
        for table, index, first in rows
        if table in tenant_tables() and first != "tenant_id" and index not in GLOBAL_UNIQUES
    ]
    assert loose == []


def test_there_are_no_views() -> None:
    """R6: plain and materialised views look past row security."""
    assert ask("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') "
               "AND relnamespace = 'public'::regnamespace") == []  # fmt: skip


def test_no_index_on_tenant_tables_is_of_a_kind_that_row_security_cannot_use() -> None:
    """R14: operators of GIN and GiST are not leakproof, so such an index would only cost.

    The two exceptions are read by the functions of the search role.
    """
    rows = ask(
        "SELECT c.relname FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid "
        "JOIN pg_am a ON a.oid = c.relam JOIN pg_class t ON t.oid = x.indrelid "
        "WHERE t.relnamespace = 'public'::regnamespace AND a.amname NOT IN ('btree', 'brin', 'hash') "
        "ORDER BY 1"
    )
    assert rows == [("contact_words",), ("message_words",)]


def test_definer_functions_are_known_and_pinned() -> None:
    rows = ask(
        "SELECT proname, rolname, proconfig FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY 1"
    )
    assert {owner for _, owner, _ in rows} == {DISPATCH, SEARCH}
    assert {name for name, owner, _ in rows if owner == SEARCH} == SEARCH_FUNCTIONS
    assert all("search_path=pg_catalog, public" in config for _, _, config in rows)
    assert all(name.startswith(("door_", "queue_")) for name, owner, _ in rows if owner == DISPATCH)


def test_the_search_role_reads_nothing_but_words_and_who_may_see_them() -> None:
    rows = ask(
        "SELECT table_name, privilege_type, string_agg(column_name, ' ' ORDER BY column_name) "
        "FROM information_schema.role_column_grants WHERE grantee = %s GROUP BY 1, 2 ORDER BY 1",
        SEARCH,
    )
    assert rows == [
        ("conversations_contact", "SELECT", "id name tenant_id"),
        (
            "conversations_conversation",
            "SELECT",
            "assignee_id contact_id id last_message_at opened_at tag team_id tenant_id",
        ),
        ("conversations_message", "SELECT", "conversation_id created_at id tenant_id text"),
    ]


def test_definer_functions_are_closed_to_everybody_else() -> None:
    rows = ask(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace "
        "AND has_function_privilege('public', oid, 'EXECUTE')"
    )
    assert rows == []


def test_the_server_has_the_row_security_fixes() -> None:
    """R16: CVE-2025-8713 and earlier."""
    ((number,),) = ask("SELECT current_setting('server_version_num')::int")
    major, minor = divmod(number, 10000)
    assert minor >= {15: 14, 16: 10, 17: 6}.get(major, 0)
    assert major >= 15


def test_content_tables_are_in_the_catalogue() -> None:
    assert tenant_tables() >= CONTENT | APPEND_ONLY

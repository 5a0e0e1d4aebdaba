"""The measured traps of row-level security (R1–R15), each shown closed on the real database.

R6 (views), R14 (indexes that row security cannot use) and R16 (server versions) are in test_catalogue; R8
(injected SQL may set the tenant itself) in test_coverage, which knows every module that writes SQL.
"""

from __future__ import annotations

import os
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.conversations.models import Conversation, Message, Note
from apps.core import tenancy
from apps.tenants.models import Membership, Team
from tests.worlds import World


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        found: int = cursor.fetchone()[0]
        return found


def test_the_owner_of_the_tables_sees_nothing_either(committed_world: World) -> None:
    """R1: without FORCE the owner, as which migrations run, would see every tenant's rows."""
    with tenancy.scope(committed_world.filante.id):
        assert count("conversations_message") == 1
    with psycopg.connect(os.environ["DATABASE_URL"]) as owner:
        owner.execute("SET ROLE comptoir_owner")
        assert owner.execute("SELECT count(*) FROM conversations_message").fetchall() == [(0,)]


def test_without_a_scope_python_raises_and_sql_sees_nothing(world: World) -> None:
    """I6; R2: the setting is '' and not NULL after a transaction."""
    with pytest.raises(tenancy.NoTenant):
        Message.objects.count()
    with pytest.raises(tenancy.NoTenant):
        Message._base_manager.count()
    with pytest.raises(tenancy.NoTenant):
        Message(text="nobody's")
    assert count("conversations_message") == 0


def test_each_tenant_sees_its_own_rows_only(world: World) -> None:
    seen = []
    for side in (world.filante, world.garance):
        with tenancy.scope(side.id):
            seen.append((count("conversations_message"), Message.objects.get().conversation_id))
    assert seen == [(1, world.filante.conversation.pk), (1, world.garance.conversation.pk)]


def test_rows_cannot_be_put_into_or_moved_to_another_tenant(world: World) -> None:
    """R5."""
    here, there = world.filante, world.garance
    refused = pytest.raises(ProgrammingError, match="row-level security")
    with tenancy.scope(here.id), refused, transaction.atomic():
        Team.objects.create(name="spy", slug="spy", tenant_id=there.id)
    with tenancy.scope(here.id), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_team SET tenant_id = %s", [there.id])


def test_a_row_cannot_refer_to_another_tenants_row(committed_world: World) -> None:
    """R3."""
    here, there = committed_world.filante, committed_world.garance
    with pytest.raises(IntegrityError, match="same_tenant"), tenancy.scope(here.id):
        Note.objects.create(
            conversation_id=there.conversation.pk, author=here.agent_membership, text="into the wrong file"
        )


def test_the_same_external_id_in_two_tenants_is_no_conflict(world: World) -> None:
    """R4."""
    for side in (world.filante, world.garance):
        with tenancy.scope(side.id):
            Team.objects.create(name="Same", slug="same")
            assert Team.objects.filter(slug="same").count() == 1


def test_a_pooled_connection_is_clean_for_the_next_tenant(committed_world: World) -> None:
    """R9, R10: after success, exception and rollback nothing is left on the connection."""
    for failure in (None, ValueError, IntegrityError):
        try:
            with tenancy.scope(committed_world.filante.id):
                assert count("conversations_message") == 1
                if failure:
                    raise failure("on purpose")
        except (ValueError, IntegrityError):
            pass
        assert count("conversations_message") == 0


def test_a_setting_outside_a_transaction_has_no_effect(committed_world: World) -> None:
    """R10: it fails closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(committed_world.filante.id)])
    assert count("conversations_message") == 0


def test_row_security_cannot_be_switched_off(world: World) -> None:
    """R7: the query is an error, not a leak."""
    with tenancy.scope(world.filante.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL row_security = off")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            count("conversations_message")
        cursor.execute("SET LOCAL row_security = on")


def test_the_policy_looks_at_the_setting_once_and_leaves_the_index_usable(world: World) -> None:
    """R13: an expression that runs for every row costs five times as much and may forbid the index."""
    with tenancy.scope(world.filante.id), connection.cursor() as cursor:
        for other in ("seqscan", "bitmapscan", "sort", "incremental_sort"):  # the table is tiny
            cursor.execute(f"SET LOCAL enable_{other} = off")
        cursor.execute("EXPLAIN SELECT * FROM conversations_conversation ORDER BY tenant_id, id")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "InitPlan" in plan
    assert "Index Cond: (tenant_id = (InitPlan" in plan.replace("$0", "(InitPlan 1).col1")


def test_a_scope_costs_no_round_trip_beside_its_transactions(committed_world: World) -> None:
    """R15."""
    here = committed_world.filante.id
    with CaptureQueriesContext(connection) as asked, tenancy.scope(here):
        pass
    assert [query["sql"] for query in asked] == [f"BEGIN; SET LOCAL app.tenant_id = '{here}'", "COMMIT"]


def test_scopes_of_two_tenants_do_not_nest(world: World) -> None:
    """R11."""
    refused = pytest.raises(tenancy.TenantSwitch)
    with tenancy.scope(world.filante.id), refused, tenancy.scope(world.garance.id):
        pass


def test_after_an_inner_scope_the_outer_one_holds(world: World) -> None:
    """R11: releasing a savepoint keeps the inner setting; ours is the same tenant's."""
    here = world.filante
    with tenancy.scope(here.id):
        with tenancy.scope(here.id):
            pass
        assert count("conversations_message") == 1
    assert count("conversations_message") == 0


def test_what_an_inner_scope_recorded_is_dropped_with_it(world: World) -> None:
    flushed: list[list[str]] = []

    def flush(items: list[str]) -> None:
        flushed.append(list(items))

    with tenancy.scope(world.filante.id):
        tenancy.collect(flush, "kept")
        with pytest.raises(ValueError, match="inner"), tenancy.scope(world.filante.id):
            tenancy.collect(flush, "dropped")
            raise ValueError("inner")
    assert flushed == [["kept"]]


def test_on_commit_runs_outside_any_tenant(committed_world: World) -> None:
    """R12."""
    seen: list[object] = []
    with tenancy.scope(committed_world.filante.id):
        transaction.on_commit(lambda: seen.append((tenancy.current(), count("conversations_message"))))
    assert seen == [(None, 0)]


def test_a_tenants_rows_are_not_found_by_id_from_another(world: World) -> None:
    here, there = world.filante, world.garance
    with tenancy.scope(there.id):
        assert Conversation.objects.filter(pk=here.conversation.pk).exists() is False
        assert Membership.objects.filter(pk=here.agent_membership.pk).exists() is False
        assert Conversation.objects.filter(pk=uuid4()).exists() is False


def test_the_operators_view_cannot_read_content(committed_world: World) -> None:
    with tenancy.operator(), pytest.raises(ProgrammingError, match="permission denied"):
        list(Message.objects.all())


def test_the_operators_view_does_not_open_inside_a_tenant(world: World) -> None:
    with tenancy.scope(world.filante.id), pytest.raises(tenancy.TenantSwitch), tenancy.operator():
        pass


def test_a_tenant_does_not_open_inside_the_operators_view(world: World) -> None:
    refused = pytest.raises(tenancy.TenantSwitch)
    with tenancy.operator(), refused, tenancy.scope(world.filante.id):
        pass

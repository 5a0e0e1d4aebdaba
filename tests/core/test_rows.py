"""Many rows by one statement: of the open scope's tenant, and never cut to fit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, ProgrammingError, connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.conversations.models import Contact, ContactAddress, Conversation, Message
from apps.core import rows, tenancy
from tests.worlds import Side, World


def address(side: Side) -> ContactAddress:
    with tenancy.scope(side.id):
        return ContactAddress.objects.get()


def test_only_what_is_named_is_written(world: World) -> None:
    row = address(world.filante)
    row.capabilities, row.device, row.gone_reason = ["LIST"], "phone", "blocked"
    with tenancy.scope(world.filante.id):
        rows.update([row], ["capabilities", "device"])
    now = address(world.filante)
    assert (now.capabilities, now.device, now.gone_reason) == (["LIST"], "phone", "")


def test_another_tenant_s_row_stays_as_it_was(world: World) -> None:
    row = address(world.garance)
    row.device = "stolen"
    with tenancy.scope(world.filante.id):
        rows.update([row], ["device"])
    assert address(world.garance).device == ""


def test_what_is_too_long_is_refused(world: World) -> None:
    row = address(world.filante)
    row.device = "x" * 61
    with pytest.raises(DataError), tenancy.scope(world.filante.id):
        rows.update([row], ["device"])


def message(side: Side, seq: int, **values: Any) -> Message:
    conversation = Conversation.objects.get()
    return Message(
        conversation=conversation,
        channel_id=conversation.channel_id,
        seq=seq,
        direction="in",
        author_kind="contact",
        **values,
    )


def test_what_is_stored_is_read_as_the_orm_reads_it(world: World) -> None:
    """Every column of a table that has many kinds: JSON, bytes, nulls, times, marks that arrays quote."""
    awkward = 'a "b" \\ {c}, \u202f\n%s NULL ?'
    with tenancy.scope(world.filante.id):
        new = [
            message(world.filante, 101, text=awkward, content={"place": {"title": awkward}}, ref=None),
            message(world.filante, 102, digest=b"\x00\xff{", edited_at=timezone.now(), ref="NULL"),
        ]
        rows.insert(new)
        read = rows.select(Message, "t.seq = ANY(%s)", [[101, 102]], end="ORDER BY t.seq")
        known = list(Message.objects.filter(seq__gt=100).order_by("seq"))
    assert [facts(row) for row in read] == [facts(row) for row in known] == [facts(row) for row in new]
    assert not any(row._state.adding for row in new + read)


def facts(row: models.Model) -> dict[str, Any]:
    found = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in found.items()}


def test_another_tenant_s_rows_are_not_read(world: World) -> None:
    theirs = address(world.garance)
    with tenancy.scope(world.filante.id):
        assert rows.select(ContactAddress, "t.id = %s OR true", [theirs.pk]) == [address(world.filante)]


def test_a_row_comes_with_what_it_points_at(world: World) -> None:
    with tenancy.scope(world.filante.id), CaptureQueriesContext(connection) as asked:
        (found,) = rows.select_with(ContactAddress, "contact", "true", [])
        assert facts(found.contact) and len(asked) == 1
        assert facts(found.contact) == facts(Contact.objects.get(pk=found.contact_id))


def test_a_row_for_another_tenant_is_refused(world: World) -> None:
    with pytest.raises(ProgrammingError), tenancy.scope(world.filante.id):
        stray = message(world.filante, 103)
        stray.tenant_id = world.garance.id
        rows.insert([stray])

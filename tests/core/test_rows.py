"""Many rows by one statement: of the open scope's tenant, and never cut to fit."""

from __future__ import annotations

import pytest
from django.db import DataError

from apps.conversations.models import ContactAddress
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

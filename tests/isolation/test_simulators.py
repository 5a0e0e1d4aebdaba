"""I7 on the platforms' side, simulated: each of its addresses is asked by one tenant's account for the rows
of another tenant's."""

from __future__ import annotations

from tests.isolation.addresses import Address
from tests.isolation.arena import Arena
from tests.isolation.attack import attack, on_each


@on_each("simulators")
def test_rows_of_another_tenant_are_not_there(field: Arena, address: Address) -> None:
    assert attack(field, address) == []

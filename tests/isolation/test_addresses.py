"""I7, generated from the resolver: every address is attacked by the owner of another tenant that holds the
same data, with the victim's ids in every place that its view reads. Pages under a tenant and the simulators
have files of their own; here are all others: accounts, API, widget, operators, what anybody may ask for.
"""

from __future__ import annotations

from apps.core import tenancy
from tests.isolation.addresses import Address, all_addresses
from tests.isolation.arena import Arena
from tests.isolation.attack import attack, on_each
from tests.isolation.rich import tenant_models
from tests.isolation.targets import UNREACHED


def test_there_is_data_to_leak(field: Arena) -> None:
    for side in (field.victim, field.attacker):
        with tenancy.scope(side.id):
            empty = [model._meta.label for model in tenant_models() if not model.objects.exists()]
            assert empty == []
    assert len(field.told) > 100


def test_what_is_said_to_be_out_of_reach_exists() -> None:
    assert set(UNREACHED) <= {address.name for address in all_addresses()}


@on_each("others")
def test_rows_of_another_tenant_are_not_there(field: Arena, address: Address) -> None:
    assert attack(field, address) == []

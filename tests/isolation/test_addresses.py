"""I7, generated from the resolver: every address is attacked by the owner of another tenant that holds the
same data, with the victim's ids in every place that its view reads. A new address is attacked without anybody
adding it here; one that cannot be reached makes this red.
"""

from __future__ import annotations

import pytest

from apps.core import tenancy
from apps.tenants.models import Membership, Role
from tests.isolation.addresses import Address, all_addresses
from tests.isolation.arena import Arena
from tests.isolation.ask import Ask
from tests.isolation.engine import WHOLE, Raid
from tests.isolation.rich import tenant_models
from tests.isolation.tally import TALLY
from tests.isolation.targets import UNREACHED, actors_for
from tests.worlds import signed_in

ALL = all_addresses()
UNDER_TENANT = [address for address in ALL if address.under_tenant]


def test_there_is_data_to_leak(field: Arena) -> None:
    for side in (field.victim, field.attacker):
        with tenancy.scope(side.id):
            empty = [model._meta.label for model in tenant_models() if not model.objects.exists()]
            assert empty == []
    assert len(field.told) > 100


def test_every_address_under_a_tenant_checks_the_membership() -> None:
    unguarded = [address.name for address in UNDER_TENANT if not hasattr(address.view, "tenant_page")]
    assert unguarded == []


def test_what_is_said_to_be_out_of_reach_exists() -> None:
    assert set(UNREACHED) <= {address.name for address in ALL}


@pytest.mark.parametrize("address", ALL, ids=lambda address: f"{address.name}-{address.plain}")
def test_rows_of_another_tenant_are_not_there(field: Arena, address: Address) -> None:
    actors = actors_for(address, field)
    assert actors, "nobody attacks this address: give it an actor in targets.py"
    found = []
    for actor in actors:
        raid = Raid(field, address, actor)
        raid.run()
        found += TALLY.count(actor.kind, address.name, raid.attempts, raid.findings)
    if address.name in UNREACHED:
        TALLY.leave_out(actors[0].kind, address.name, UNREACHED[address.name])
    assert found == []


@pytest.mark.parametrize("address", UNDER_TENANT, ids=lambda address: address.name)
def test_a_former_member_is_a_stranger(field: Arena, address: Address) -> None:
    here = field.victim
    actor = actors_for(address, field)[0]
    raid = Raid(field, address, actor)
    values = {name: actor.fixed.get(name, field.theirs.ids()["conversations.Conversation"])[0]
              for name in address.parameters}  # fmt: skip
    path = raid._ask("get", {**values, "tenant": here.slug}).path
    with tenancy.scope(here.id):
        Membership.objects.filter(pk=here.agent_membership.pk).update(active=False, role=Role.OWNER)
    former = signed_in(here.agent)
    shots = [field.shoot(Ask(method, path), former).answer.status for method in ("get", "post")]
    with tenancy.scope(here.id):
        Membership.objects.filter(pk=here.agent_membership.pk).update(active=True, role=Role.AGENT)
    TALLY.count("pages", address.name, len(shots))
    assert set(shots) <= {404, 405}


def test_time_tells_nothing() -> None:
    """Only bin/prove-isolation judges it, on a machine that does nothing else."""
    if WHOLE:
        assert [pace for pace in TALLY.paces if pace.tells] == []
    assert TALLY.paces

"""I7 on the pages under a tenant's name: asked for by another tenant's owner, and by a former member."""

from __future__ import annotations

import pytest

from apps.core import tenancy
from apps.tenants.models import Membership, Role
from tests.isolation.addresses import Address, addresses_of
from tests.isolation.arena import Arena
from tests.isolation.ask import Ask
from tests.isolation.attack import attack, on_each
from tests.isolation.engine import Raid
from tests.isolation.tally import TALLY
from tests.isolation.targets import actors_for
from tests.worlds import signed_in

PAGES = addresses_of("pages")


def test_every_address_under_a_tenant_checks_the_membership() -> None:
    assert PAGES
    assert [address.name for address in PAGES if not hasattr(address.view, "tenant_page")] == []


@on_each("pages")
def test_rows_of_another_tenant_are_not_there(field: Arena, address: Address) -> None:
    assert attack(field, address) == []


def test_times_were_compared() -> None:
    assert TALLY.paces


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.name)
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

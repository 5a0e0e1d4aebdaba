"""All attacks on one address, counted for the report. A new address is attacked without anybody adding it;
one that cannot be reached makes its test red."""

from __future__ import annotations

import pytest

from tests.isolation.addresses import Address, Part, addresses_of
from tests.isolation.arena import Arena
from tests.isolation.engine import WHOLE, Raid
from tests.isolation.tally import TALLY
from tests.isolation.targets import UNREACHED, actors_for


def on_each(part: Part) -> pytest.MarkDecorator:
    """Parametrizes `address` with every one of `part`."""
    return pytest.mark.parametrize("address", addresses_of(part), ids=_named)


def attack(field: Arena, address: Address) -> list[str]:
    """What was reached or told. Times are judged only by bin/prove-isolation, which has the machine alone."""
    actors = actors_for(address, field)
    assert actors, "nobody attacks this address: give it an actor in targets.py"
    found, known = [], len(TALLY.paces)
    for actor in actors:
        raid = Raid(field, address, actor)
        raid.run()
        found += TALLY.count(actor.kind, address.name, raid.attempts, raid.findings)
    if address.name in UNREACHED:
        TALLY.leave_out(actors[0].kind, address.name, UNREACHED[address.name])
    slow = [pace for pace in TALLY.paces[known:] if WHOLE and pace.tells]
    return [*found, *(f"{pace.target}: the time that it takes tells" for pace in slow)]


def _named(address: Address) -> str:
    return f"{address.name}-{address.plain}"

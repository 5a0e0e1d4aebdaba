"""What is measured after a kill, on histories written by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chaos.history import Event
from tests.chaos.recovery import check, measure

Attempts = list[list[Any]]


def event(what: str, **facts: Any) -> Event:
    return {"what": what, "t": 10.0, **facts}


def delivery(number: int, attempts: Attempts, *, created: float = 10.0, kind: str = "N") -> Event:
    facts = {"conversation": "t0/telegram-0/1000", "number": number, "created": created}
    return event("delivery", attempts=attempts, **facts, **{"class": kind})


def inbound(phase: str, *, began: float) -> Event:
    return event("inbound", phase=phase, began=began)


KILL = event("fault", name="a worker killed", group="worker", began=11.0, ended=12.0)
AWAY = event("fault", name="Redis stopped, started empty", group="redis", began=9.0, ended=11.0)
LOST = delivery(1, [["Unknown", 10.5, 42.0]])
NEXT = delivery(2, [["sent", 43.0, 43.2]])
GOOD = [KILL, AWAY, LOST, NEXT, inbound("ok", began=9.9)]


def test_a_lease_that_ran_out_and_a_line_that_went_on_are_good() -> None:
    found = measure(GOOD)
    assert found.claimed == [31.0]
    assert found.waiting == [0.5, 1.0]
    assert found.taken == [pytest.approx(0.1)]
    assert check(GOOD) == []


BAD = {
    "a lease that nobody noticed": [KILL, AWAY, delivery(1, [["Unknown", 10.5, 80.0]]), GOOD[-1]],
    "a row that could begin": [*GOOD, delivery(3, [["sent", 52.0, 52.2]], created=44.0)],
    "a webhook that was refused": [*GOOD, inbound("fail", began=9.9)],
    "nothing was on its way": [KILL, AWAY, NEXT, GOOD[-1]],
    "no webhook came": [KILL, AWAY, LOST],
}


@pytest.mark.parametrize("label", BAD)
def test_each_delay_is_named(label: str) -> None:
    assert {anomaly.kind for anomaly in check(BAD[label])} == {"recovery"}


def test_what_follows_an_unknown_one_of_class_r_waits_for_it() -> None:
    settling = delivery(1, [["Unknown", 10.5, 42.0]], kind="R")
    late = delivery(2, [["sent", 71.0, 71.2]])
    assert check([KILL, AWAY, settling, late, GOOD[-1]]) == []

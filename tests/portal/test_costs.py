"""The month's costs, as the platforms say them, and only the business's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.conversations.models import ContactAddress
from apps.core import tenancy
from tests.conversations.lines import put, say
from tests.worlds import Side, World, signed_in


@pytest.fixture
def here(world: World) -> Side:
    side = world.filante
    say(side, "one", "two")
    with tenancy.scope(side.id):
        ContactAddress.objects.update(value="33612345678")
    put(side, "one", sent_at=datetime(2026, 2, 27, tzinfo=UTC), price={"amount": "0.0712", "currency": "EUR"})
    put(
        side, "two", sent_at=datetime(2026, 3, 1, tzinfo=UTC), price={"billable": True, "category": "utility"}
    )
    return side


@pytest.mark.parametrize(
    ("month", "there", "absent"),
    [
        ("2026-02", ["France", "0.0712 EUR"], ["utility"]),
        ("2026-03", ["France", "utility", "not told"], ["EUR"]),
    ],
    ids=["an amount", "a category"],
)
def test_a_month(here: Side, month: str, there: list[str], absent: list[str]) -> None:
    page = costs(here, month)
    assert [words for words in [*there, *absent] if words in page] == there


@pytest.mark.parametrize("month", ["", "2026-13", "0001-01", "x", "9999-12"])
def test_an_odd_month_is_this_one(here: Side, month: str) -> None:
    assert "EUR" not in costs(here, month)


def test_nobody_elses(here: Side, world: World) -> None:
    page = costs(world.garance, "2026-02")
    assert "No platform has named a price" in page


def test_admins_only(here: Side) -> None:
    assert signed_in(here.agent).get(f"/{here.slug}/setup/channels/costs/").status_code == 403


def costs(side: Side, month: str) -> str:
    answer = signed_in(side.owner).get(f"/{side.slug}/setup/channels/costs/?month={month}")
    assert answer.status_code == 200
    return str(answer.content.decode())

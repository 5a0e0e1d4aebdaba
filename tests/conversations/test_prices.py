"""What platforms say of prices, summed: currencies apart, nothing invented."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from apps.conversations.models import ContactAddress, Delivery
from apps.conversations.prices import Line, country_of, lines, summed
from apps.core import tenancy
from tests.conversations.lines import put, say
from tests.worlds import World

HERE = UUID(int=1)
FRENCH = "33612345678"


def line(**more: Any) -> Line:
    usual: dict[str, Any] = {
        "channel_id": HERE, "country": "FR", "category": "", "currency": "", "messages": 1, "billed": 1,
        "amount": None,
    }  # fmt: skip
    return Line(**{**usual, **more})


SUMS: dict[str, tuple[list[Any], list[Line]]] = {
    "a category without an amount": (
        [{"billable": True, "category": "utility"}, {"billable": False, "category": "utility"}],
        [line(category="utility", messages=2, billed=1)],
    ),
    "one currency": (
        [{"price": "-0.0075", "price_unit": "USD"}, {"price": "-0.01", "price_unit": "usd"}],
        [line(currency="USD", messages=2, billed=2, amount=Decimal("0.0175"))],
    ),
    "two currencies stay apart": (
        [{"amount": 0.1, "currency": "EUR"}, {"amount": "0.2", "currency": "USD"}],
        [
            line(currency="EUR", amount=Decimal("0.1")),
            line(currency="USD", amount=Decimal("0.2")),
        ],
    ),
    "an amount of nothing known": ([{"amount": "5"}], [line()]),
    "no number": ([{"amount": "NaN", "currency": "EUR"}], [line(currency="EUR")]),
    "not an object": (["free", None, 3], []),
}


@pytest.mark.parametrize(("prices", "expected"), SUMS.values(), ids=SUMS)
def test_sums(prices: list[Any], expected: list[Line]) -> None:
    assert list(lines((HERE, FRENCH, price) for price in prices)) == expected


@pytest.mark.parametrize(
    ("address", "country"),
    [
        (FRENCH, "FR"), ("+442071838750", "GB"), ("15551230100", ""), ("US.13491208655302741918", "US"),
        ("visitor-1", ""), ("", ""), ("12", ""), ("٣٣٦١٢٣٤٥٦٧٨", ""), ("8801712345678", "BD"),
    ],
)  # fmt: skip
def test_countries(address: str, country: str) -> None:
    assert country_of(address) == country


def test_of_one_business_in_a_time(world: World) -> None:
    here = world.filante
    say(here, "one", "two", "three")
    now, price = timezone.now(), {"billable": True, "category": "utility"}
    for text, sent_at in (("one", now), ("two", now - timedelta(days=40)), ("three", None)):
        put(here, text, sent_at=sent_at, price=price)
    with tenancy.scope(here.id):
        ContactAddress.objects.update(value=FRENCH)
        found = summed(now - timedelta(days=30), now + timedelta(seconds=1))
        assert found == [line(channel_id=here.channel.pk, category="utility")]
        assert Delivery.objects.count() == 3
    with tenancy.scope(world.garance.id):
        assert summed(now - timedelta(days=90), now + timedelta(days=1)) == []
